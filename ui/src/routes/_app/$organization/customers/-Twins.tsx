import { Alert, Anchor, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";

type Known = { name: string; email: string; phone: string; vat_id: string };
type TwinsProps = { values: Known; besides?: string };

/** While one types: customers that may be the same. They open beside the form, which keeps its input. */
export function Twins({ values, besides }: TwinsProps) {
  const { t } = useTranslation();
  const { at } = useWorkspace();
  const twins = useTwins(values, besides);
  if (twins.length === 0) return null;
  return (
    <Alert color="yellow" title={t("customers.twins.title", { count: twins.length })} role="status">
      <Stack gap={4}>
        {twins.slice(0, 4).map(({ id, name, number, same }) => (
          <Text key={id} size="sm">
            <Anchor href={at(`/customers/${id}`)} target="_blank" underline="always" fz="sm">
              {name}
            </Anchor>{" "}
            #{number} ·{" "}
            {t("customers.twins.same", {
              what: same.map((each) => t(`customers.twins.what.${each}`)).join(", "),
            })}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

/** Asked a moment after the last key, and not before there is something to compare. */
export function useTwins({ name, email, phone, vat_id }: Known, besides?: string) {
  const { $api } = useWorkspace();
  const told = { name: name.trim(), email: email.trim(), phone: phone.trim(), vat_id: vat_id.trim() };
  const query = Object.fromEntries(Object.entries(told).filter(([, value]) => value.length > 2));
  const [asked] = useDebouncedValue(JSON.stringify(query), 350);
  const known = JSON.parse(asked) as typeof query;
  const { data } = $api.useQuery(
    "get",
    "/api/customers/duplicates",
    { params: { query: { ...known, besides } } },
    { enabled: Object.keys(known).length > 0, placeholderData: keepPreviousData },
  );
  return Object.keys(known).length > 0 ? (data?.items ?? []) : [];
}
