import { Text } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "~/ui/entrance.module.css";
import { titlePage } from "~/ui/title";
import { LanguageLinks } from "./-LanguageLinks";

type EntranceProps = { title: string; lead: string; children: ReactNode; foot?: ReactNode };

/** The frame of every screen in front of the door: one calm column. */
export function Entrance({ title, lead, children, foot }: EntranceProps) {
  useEffect(() => titlePage(title), [title]);
  return (
    <div className={classes.entrance}>
      <main className={classes.column}>
        <div className={classes.brand}>
          <img src="/favicon.svg" alt="" width={32} height={32} />
          Cloud ERP Lite
        </div>
        <h1 className={classes.title}>{title}</h1>
        <Text c="dimmed" size="sm" mb="lg">
          {lead}
        </Text>
        {children}
        {foot && <div className={classes.foot}>{foot}</div>}
      </main>
      <footer className={classes.footer}>
        <LanguageLinks />
      </footer>
    </div>
  );
}
