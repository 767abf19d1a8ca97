import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Catalog } from "./en";

export { i18next };

export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const catalogs: Record<Language, () => Promise<{ default: Catalog }>> = {
  en: () => import("./en"),
  de: () => import("./de"),
};

/** The language chosen on this device, else the first one of the browser that we speak. */
export function preferredLanguage(chosen: string | null, offered: readonly string[]): Language {
  const wanted = [chosen, ...offered].map((name) => name?.slice(0, 2).toLowerCase());
  return (wanted.find((name) => name && name in languages) ?? "en") as Language;
}

export function language(): Language {
  return i18next.language as Language;
}

export async function speak(name: Language) {
  const catalog = await catalogs[name]();
  i18next.addResourceBundle(name, "translation", catalog.default, true, true);
  await i18next.changeLanguage(name);
  document.documentElement.lang = name;
}

export function chooseLanguage(name: Language) {
  localStorage.setItem("language", name);
  return speak(name);
}

export async function startLanguages() {
  await i18next.use(initReactI18next).init({
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await speak(preferredLanguage(localStorage.getItem("language"), navigator.languages));
}

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Catalog };
  }
}
