import { Group, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "~/i18n";

export function LanguageLinks() {
  const { i18n } = useTranslation();
  return (
    <Group gap="md" justify="center">
      {Object.entries(languages).map(([name, label]) => (
        <UnstyledButton
          key={name}
          lang={name}
          fz="xs"
          py={4}
          c={i18n.language === name ? undefined : "dimmed"}
          aria-pressed={i18n.language === name}
          onClick={() => chooseLanguage(name as Language)}
        >
          {label}
        </UnstyledButton>
      ))}
    </Group>
  );
}
