import { Anchor, Text, TextInput, type TextInputProps } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem, problemOf } from "~/api/problem";
import { sentenceOf } from "./problems";

type CodeInputProps = TextInputProps & { value: string; send: () => void };

/** Six digits from a mail: one field that takes a paste and the phone's suggestion, and sends itself. */
export function CodeInput({ send, value, ...input }: CodeInputProps) {
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (/^[0-9]{6}$/.test(value)) latest.current();
  }, [value]);
  return (
    <TextInput {...input} value={value} autoComplete="one-time-code" inputMode="numeric" maxLength={6} />
  );
}

/** A wrong code is told at its field. */
export async function atItsField<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code } = problemOf(error);
    throw code === "otp_invalid" ? Problem.atField("otp", code) : error;
  }
}

type ResendProps = { after: number; resend: () => Promise<unknown> };

/** Another code, once the first had time to arrive. */
export function Resend({ after, resend }: ResendProps) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(after);
  const [news, setNews] = useState("");
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  const again = async () => {
    try {
      await resend();
      setNews(t("identity.code.resent"));
      setLeft(after);
    } catch (error) {
      const problem = problemOf(error);
      setNews(sentenceOf(problem));
      setLeft(problem.retryAfter ?? 0);
    }
  };
  return (
    <>
      <Text fz="sm" role="status">
        {news}
      </Text>
      {left > 0 ? (
        <Text fz="sm" c="dimmed">
          {t("identity.code.wait", { seconds: left })}
        </Text>
      ) : (
        <Anchor component="button" type="button" fz="sm" onClick={again}>
          {t("identity.code.resend")}
        </Anchor>
      )}
    </>
  );
}
