/** Amounts and times as people read them. */

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });

let zone: string | undefined;

/** Times are shown in the brand's time zone once it is known, before that in the browser's. */
export function setTimeZone(name: string | undefined): void {
  zone = name;
}

export function timeZone(): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

let aheadMs = 0;
const CLOCK_MOVED = "earnest-clock";

/** A brand to test with has a time of its own, which was this a moment ago; for all others it is real time. */
export function setBrandTime(now: string | undefined): void {
  aheadMs = now === undefined ? 0 : Date.parse(now) - Date.now();
  dispatchEvent(new Event(CLOCK_MOVED));
}

/** The brand's present time in ms: what holds, points, offers and campaigns go by. */
export function brandNow(): number {
  return Date.now() + aheadMs;
}

/** Whether the brand's time is far from real time. */
export function isTimeMoved(): boolean {
  return Math.abs(aheadMs) > 60_000;
}

/** Call this whenever the brand's time has been moved; what is returned ends it. */
export function whenTimeMoves(tell: () => void): () => void {
  addEventListener(CLOCK_MOVED, tell);
  return () => removeEventListener(CLOCK_MOVED, tell);
}

/** The brand's present day, as it is written in forms. */
export function today(): string {
  return new Date(brandNow()).toLocaleDateString("sv-SE", { timeZone: timeZone() });
}

/** When a day begins in the brand's time zone. */
export function midnight(date: string): number {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const offset = (at: number) => Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone: timeZone() }).replace(" ", "T")}Z`) - at;
  const near = utc - offset(utc);
  // A change of the clocks may lie between.
  return Number.isNaN(utc) ? utc : utc - offset(near);
}

export function amount(value: number): string {
  return NUMBER.format(value).replace("-", "−");
}

export function signed(value: number): string {
  return value > 0 ? `+${amount(value)}` : amount(value);
}

export function day(at: string): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: zone });
}

export function shortDay(at: number): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: zone });
}

/** "30/days" and "this/month" in words. */
export function period(written: string): string {
  return written.replace("/", " ").replace(/^1 (.*)s$/, "1 $1");
}

export function moment(at: string): string {
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  return `${day(at)}, ${time}`;
}

/** A time to the second. */
export function brandTime(at: number): string {
  const date = new Date(at);
  return `${date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: zone })}, ${date.toLocaleTimeString("en-GB", { timeZone: zone })}`;
}

/** How far away a time is: "in 3 days", "2 hours ago". */
export function distance(at: string, now = brandNow()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  const [unit, length] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

/** A value of JSON on one line; what is long is cut. */
export function inline(value: unknown, most = 120): string {
  if (value === null || value === undefined) {
    return "nothing";
  }
  if (typeof value === "number") {
    return amount(value);
  }
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) {
    return cut(value.map((one) => inline(one)).join(", ") || "nothing", most);
  }
  return cut(typeof value === "string" ? value : JSON.stringify(value), most);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
