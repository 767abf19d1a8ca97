import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import { i18next } from "./i18n";

const pine: MantineColorsTuple = [
  "#eef8f5",
  "#d9efe9",
  "#b3dfd4",
  "#86cbbb",
  "#5cb5a2",
  "#379c88",
  "#23836f",
  "#146558",
  "#18705f",
  "#0d483f",
];

const gray: MantineColorsTuple = [
  "#f7f8f8",
  "#f1f2f4",
  "#e8eaed",
  "#dcdfe4",
  "#c9ced6",
  "#a7aeb9",
  "#7e8794",
  "#59616d",
  "#353c46",
  "#1b2027",
];

const dark: MantineColorsTuple = [
  "#e4e6e9",
  "#c2c7cc",
  "#9ba2aa",
  "#868e96",
  "#363c42",
  "#282d32",
  "#1c2024",
  "#131619",
  "#0f1113",
  "#0a0c0d",
];

/** Close buttons have no name in Mantine; ours follow the language. */
const closeName = {
  get "aria-label"() {
    return i18next.t("common.close");
  },
};

const veil = { backgroundOpacity: 0.32 };

/** Components are named, not imported: a screen loads those it shows. */
export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: false,
  colors: { pine, gray, dark },
  black: "#1b2027",
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px" },
  fontFamily:
    'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace',
  fontSizes: { xs: "0.78125rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  shadows: {
    xs: "0 1px 2px rgb(16 24 32 / 6%)",
    sm: "0 1px 3px rgb(16 24 32 / 8%), 0 1px 2px rgb(16 24 32 / 4%)",
    md: "0 4px 14px rgb(16 24 32 / 9%), 0 1px 3px rgb(16 24 32 / 6%)",
    lg: "0 12px 32px rgb(16 24 32 / 12%), 0 2px 6px rgb(16 24 32 / 6%)",
    xl: "0 20px 60px rgb(16 24 32 / 20%)",
  },
  components: {
    ActionIcon: {
      defaultProps: { variant: "subtle", color: "gray", size: "md" },
      classNames: { root: "icon-button" },
    },
    Alert: { defaultProps: { variant: "light", radius: "md" }, classNames: { title: "alert-title" } },
    Button: { defaultProps: { size: "sm" }, classNames: { root: "button" } },
    Checkbox: { classNames: { input: "field" } },
    Drawer: { defaultProps: { closeButtonProps: closeName, overlayProps: veil } },
    InputBase: { defaultProps: { size: "sm" } },
    Input: { classNames: { input: "field" } },
    InputWrapper: { classNames: { label: "label" } },
    Kbd: { classNames: { root: "kbd" } },
    Menu: {
      defaultProps: { shadow: "lg", radius: "md", offset: 6, withInitialFocusPlaceholder: false },
      classNames: { item: "menu-item" },
    },
    Modal: {
      defaultProps: {
        closeButtonProps: closeName,
        overlayProps: veil,
        radius: "lg",
        padding: "lg",
        centered: true,
      },
      classNames: { title: "dialog-title", content: "raised", header: "raised" },
    },
    Paper: { defaultProps: { radius: "md" } },
    SegmentedControl: { classNames: { label: "segment" } },
    Radio: { classNames: { radio: "field" } },
    Select: { defaultProps: { checkIconPosition: "right", allowDeselect: false } },
    Table: { defaultProps: { verticalSpacing: 0 } },
    Tabs: { defaultProps: { keepMounted: false } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, radius: "sm" } },
  },
});

/** Mantine's own dimmed, placeholder and error texts stay below 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": gray[7],
    "--mantine-color-placeholder": "#6b7480",
    "--mantine-color-error": "#b42318",
    "--mantine-color-anchor": pine[7],
    "--mantine-color-default-border": gray[3],
    "--surface": "#ffffff",
    "--raised": "#ffffff",
    "--field-border": "#8d96a3",
    "--canvas": gray[0],
    "--line": gray[2],
    "--hover": gray[1],
    "--accent": pine[7],
    "--accent-soft": pine[0],
  },
  dark: {
    "--mantine-color-dimmed": dark[2],
    "--mantine-color-placeholder": dark[3],
    "--mantine-color-error": "#ff9a8f",
    "--mantine-color-anchor": pine[3],
    "--mantine-color-default": dark[6],
    "--mantine-color-default-border": dark[4],
    "--surface": dark[7],
    "--raised": dark[6],
    "--field-border": "#646c75",
    "--canvas": dark[8],
    "--line": dark[5],
    "--hover": dark[6],
    "--accent": pine[3],
    "--accent-soft": "#16302b",
  },
});
