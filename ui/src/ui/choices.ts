import { countryName, currencyName, languageName } from "./format";

type Choice = { value: string; label: string };

const COUNTRIES =
  "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";
const CURRENCIES =
  "AED ALL AMD ARS AUD AZN BAM BGN BHD BRL CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP EUR GBP GEL GHS HKD HUF IDR ILS INR ISK JOD JPY KES KRW KWD KZT LKR MAD MDL MKD MUR MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN PYG QAR RON RSD SAR SEK SGD THB TND TRY TWD TZS UAH UGX USD UYU UZS VND XAF XOF ZAR";
const LANGUAGES = "bg cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl pl pt ro sk sl sv tr uk ja zh";

const byLabel = (one: Choice, other: Choice) => one.label.localeCompare(other.label);

const choices = (codes: string, name: (code: string) => string) =>
  codes
    .split(" ")
    .map((value): Choice => ({ value, label: name(value) }))
    .sort(byLabel);

/** Countries of ISO 3166, named in the present language. */
export const countries = () => choices(COUNTRIES, countryName);

/** Currencies in everyday use, by their code. */
export const currencies = () => choices(CURRENCIES, (code) => `${code} – ${currencyName(code)}`);

/** Languages letters to a customer are written in. */
export const languagesOfLetters = () => choices(LANGUAGES, languageName);

/** Time zones by continent and city; the present one even if the browser does not know it. */
export function timeZones(present?: string | null): Choice[] {
  const known = new Set(["UTC", ...Intl.supportedValuesOf("timeZone")]);
  if (present) known.add(present);
  return [...known].sort().map((value) => ({ value, label: value.replaceAll("_", " ") }));
}
