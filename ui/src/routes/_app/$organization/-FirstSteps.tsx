import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/home.module.css";

type FirstStepsProps = { customers?: number | null; products?: number | null };

/** What a new company does first; gone once both are done. */
export function FirstSteps({ customers, products }: FirstStepsProps) {
  const { t } = useTranslation();
  const { at, can } = useWorkspace();
  const known = typeof customers === "number" && typeof products === "number";
  if (!known || (customers > 0 && products > 0) || !can("products:write") || !can("customers:write"))
    return null;
  const steps = [
    { id: "organization", done: true, to: "" },
    { id: "customer", done: customers > 0, to: at("/customers") },
    { id: "product", done: products > 0, to: at("/products") },
  ] as const;
  const done = steps.filter((step) => step.done).length;
  return (
    <section className={classes.steps} aria-labelledby="first-steps">
      <div className={classes.stepsHead}>
        <h2 id="first-steps">{t("home.steps.title")}</h2>
        <span>{t("home.steps.done", { done, all: steps.length })}</span>
      </div>
      <ol>
        {steps.map(({ id, done: isDone, to }) => (
          <li key={id} data-done={isDone || undefined}>
            <span className={classes.mark}>
              {isDone && <IconCheck size={14} aria-label={t("home.steps.isDone")} />}
            </span>
            {isDone ? (
              <span>{t(`home.steps.${id}`)}</span>
            ) : (
              <Link to={to} search={{ panel: "new" } as never} className={classes.step}>
                <span>
                  <b>{t(`home.steps.${id}`)}</b>
                  <small>{t(`home.steps.${id}Text` as "home.steps.customerText")}</small>
                </span>
                <IconArrowRight size={16} aria-hidden />
              </Link>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
