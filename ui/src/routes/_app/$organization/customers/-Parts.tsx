import { Button, Group, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Explained, useRefusal } from "~/ui/Explained";
import { Section } from "~/ui/Facts";
import { countryName } from "~/ui/format";
import classes from "~/ui/RecordPage.module.css";
import { Tag } from "~/ui/StatusBadge";
import type { Address } from "./-AddressForm";
import type { Contact } from "./-ContactForm";
import type { Customer } from "./-CustomerForm";

type PartsProps = { customer: Customer; open: (panel: string) => void };

export function Contacts({ customer, open }: PartsProps) {
  const { t } = useTranslation();
  return (
    <Section title={t("customers.contacts.title")} action={<AddButton onClick={() => open("contact:new")} />}>
      {customer.contacts.length === 0 && <None text={t("customers.contacts.none")} />}
      {customer.contacts.map((contact) => (
        <Part key={contact.id} onClick={() => open(`contact:${contact.id}`)}>
          <ContactLines contact={contact} />
        </Part>
      ))}
    </Section>
  );
}

export function Addresses({ customer, open }: PartsProps) {
  const { t } = useTranslation();
  return (
    <Section
      title={t("customers.addresses.title")}
      action={<AddButton onClick={() => open("address:new")} />}
    >
      {customer.addresses.length === 0 && <None text={t("customers.addresses.none")} />}
      {customer.addresses.map((address) => (
        <Part key={address.id} onClick={() => open(`address:${address.id}`)}>
          <AddressLines address={address} />
        </Part>
      ))}
    </Section>
  );
}

function ContactLines({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const reach = [contact.email, contact.phone].filter(Boolean).join(" · ");
  return (
    <>
      <Group gap={8}>
        <Text size="sm" fw={500}>
          {contact.name}
        </Text>
        {contact.role && (
          <Text size="sm" c="dimmed">
            {contact.role}
          </Text>
        )}
        {contact.is_primary && <Tag>{t("customers.contacts.primary")}</Tag>}
        {contact.receives_invoices && <Tag>{t("customers.contacts.invoices")}</Tag>}
      </Group>
      {reach && (
        <Text size="sm" c="dimmed">
          {reach}
        </Text>
      )}
    </>
  );
}

function AddressLines({ address }: { address: Address }) {
  const { t } = useTranslation();
  const place = [address.postal_code, address.city].filter(Boolean).join(" ");
  const rest = [place, address.region, address.country && countryName(address.country)]
    .filter(Boolean)
    .join(", ");
  return (
    <>
      <Text size="sm" fw={500}>
        {t(`customers.addresses.${address.kind}`)}
      </Text>
      <Text size="sm" c="dimmed" className={classes.lines}>
        {`${address.lines}\n${rest}`}
      </Text>
    </>
  );
}

/** A contact or an address; those who may, open it by a click. */
function Part({ onClick, children }: { onClick: () => void; children: React.ReactNode }) {
  const { can } = useWorkspace();
  if (!can("customers:write")) return <div className={classes.part}>{children}</div>;
  return (
    <UnstyledButton className={`${classes.part} ${classes.clickable}`} onClick={onClick}>
      <span>{children}</span>
      <IconChevronRight size={16} aria-hidden />
    </UnstyledButton>
  );
}

function AddButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Explained reason={useRefusal()("customers:write")}>
      <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={onClick}>
        {t("common.add")}
      </Button>
    </Explained>
  );
}

const None = ({ text }: { text: string }) => <p className={classes.noParts}>{text}</p>;
