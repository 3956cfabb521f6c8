/** Who is signed in, where they are, and the frame around it. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { BASE, may, Refusal, type Scope, type Session, signIn } from "./api";
import { brandNow, day, isTimeMoved, setBrandTime, setTimeZone, whenTimeMoves } from "./format";
import { asRefusal, SessionContext } from "./hooks";
import { link, usePlace } from "./router";
import { CampaignsScreen } from "./screens/campaigns";
import { EventScreen } from "./screens/event";
import { GuestScreen } from "./screens/guest";
import { OffersScreen } from "./screens/offers";
import { OverviewScreen } from "./screens/overview";
import { SettingsScreen } from "./screens/settings";
import { SignIn } from "./screens/sign_in";
import { texts } from "./texts";
import { Card, Empty, Loading, Screen } from "./ui/parts";

const KEPT = `earnest-key ${BASE}`;

interface Section {
  name: string;
  title: string;
  icon: string;
  scopes: readonly Scope[];
  /** What is shown under which beginning of a place; its own name comes first. */
  places: Readonly<Record<string, (place: string[]) => ComponentChildren>>;
}

const SECTIONS: readonly Section[] = [
  {
    name: "guest",
    title: texts.sections.guest,
    icon: "M12 12a4 4 0 1 0-4-4 4 4 0 0 0 4 4Zm0 2c-4 0-8 2-8 5v2h16v-2c0-3-4-5-8-5Z",
    scopes: ["customers:read"],
    places: { guest: (place) => <GuestScreen place={place} />, event: (place) => <EventScreen place={place} /> },
  },
  {
    name: "campaigns",
    title: texts.sections.campaigns,
    icon: "M3 10v4h4l6 5V5L7 10H3Zm13.5 2a4 4 0 0 0-2-3.5v7a4 4 0 0 0 2-3.5Zm-2-8v2.1a6 6 0 0 1 0 11.8V20a8 8 0 0 0 0-16Z",
    scopes: ["admin"],
    places: { campaigns: (place) => <CampaignsScreen place={place} /> },
  },
  {
    name: "offers",
    title: texts.sections.offers,
    icon: "M20 7h-3a3 3 0 0 0-5-3 3 3 0 0 0-5 3H4a1 1 0 0 0-1 1v4h8V8h2v4h8V8a1 1 0 0 0-1-1ZM4 13v7a1 1 0 0 0 1 1h6v-8H4Zm9 8h6a1 1 0 0 0 1-1v-7h-7v8Z",
    scopes: ["offers:write"],
    places: { offers: (place) => <OffersScreen place={place} /> },
  },
  {
    name: "overview",
    title: texts.sections.overview,
    icon: "M4 20V10h4v10H4Zm6 0V4h4v16h-4Zm6 0v-7h4v7h-4Z",
    scopes: ["admin"],
    places: { overview: () => <OverviewScreen /> },
  },
  {
    name: "settings",
    title: texts.sections.settings,
    icon: "M19.4 13a7.6 7.6 0 0 0 0-2l2.1-1.6-2-3.5-2.5 1a7.5 7.5 0 0 0-1.7-1L15 3.2h-4l-.4 2.7a7.5 7.5 0 0 0-1.7 1l-2.5-1-2 3.5L6.6 11a7.6 7.6 0 0 0 0 2l-2.1 1.6 2 3.5 2.5-1c.5.4 1.1.7 1.7 1l.4 2.7h4l.4-2.7a7.5 7.5 0 0 0 1.7-1l2.5 1 2-3.5-2.3-1.6ZM13 15.5a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7Z",
    scopes: ["admin"],
    places: { settings: (place) => <SettingsScreen place={place} /> },
  },
];

export function App() {
  const [session, setSession] = useState<Session | null>(null);
  const [ended, setEnded] = useState<Refusal>();
  const [restoring, setRestoring] = useState(() => Boolean(sessionStorage.getItem(KEPT)));

  const leave = (problem?: Refusal) => {
    sessionStorage.removeItem(KEPT);
    setTimeZone(undefined);
    setBrandTime(undefined);
    setSession(null);
    setEnded(problem);
  };
  const enter = async (key: string, keep: boolean) => {
    const begun = await signIn(key, leave);
    if (keep) {
      sessionStorage.setItem(KEPT, key);
    }
    if (may(begun, "admin")) {
      // Times are the brand's; without its settings they are the browser's.
      const brand = await begun.client.GET("/brand").catch(() => undefined);
      setTimeZone(brand?.data?.data.time_zone);
      const clock = begun.sandbox ? await begun.client.GET("/test-clock").catch(() => undefined) : undefined;
      setBrandTime(clock?.data?.data.now);
    }
    setEnded(undefined);
    setSession(begun);
  };
  useEffect(() => {
    const kept = sessionStorage.getItem(KEPT);
    if (kept) {
      enter(kept, true)
        .catch((error: unknown) => {
          const problem = asRefusal(error);
          // A stack that does not answer says nothing about the key.
          problem.status === 401 ? leave(problem) : setEnded(problem);
        })
        .finally(() => setRestoring(false));
    }
  }, []);

  if (restoring) {
    return (
      <main class="middle">
        <Loading />
      </main>
    );
  }
  if (!session) {
    return <SignIn enter={enter} ended={ended} />;
  }
  return (
    <SessionContext.Provider value={session}>
      <Frame session={session} leave={() => leave()} />
    </SessionContext.Provider>
  );
}

function Frame({ session, leave }: { session: Session; leave: () => void }) {
  const place = usePlace();
  const shown = SECTIONS.filter((section) => may(session, ...section.scopes));
  const name = place[0] ?? shown[0]?.name;
  const section = SECTIONS.find((one) => name !== undefined && name in one.places);
  const isAllowed = section !== undefined && shown.includes(section);
  useEffect(() => {
    scrollTo(0, 0);
  }, [place.join("/")]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {texts.skip}
      </a>
      <header class="top">
        <a class="brand" href={link()}>
          <span class="mark" aria-hidden="true" />
          <span>{texts.name}</span>
        </a>
        <span class="whose">
          <bdi>{session.brandId}</bdi>
          {session.sandbox && <Sandbox session={session} />}
        </span>
        <ThemeButton />
        <button type="button" class="plain" onClick={leave}>
          {texts.signOut}
        </button>
      </header>
      <nav class="main" aria-label={texts.navigation}>
        {shown.map((one) => (
          <a href={link(one.name)} aria-current={one === section ? "page" : undefined}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d={one.icon} />
            </svg>
            <span>{one.title}</span>
          </a>
        ))}
      </nav>
      <main id="main" tabIndex={-1}>
        {isAllowed ? section.places[name!]!(place.slice(1)) : <NotAllowed section={section} />}
      </main>
    </div>
  );
}

/** That this is a brand to test with, and what day it is there. */
function Sandbox({ session }: { session: Session }) {
  const [, move] = useState(0);
  useEffect(() => whenTimeMoves(() => move((before) => before + 1)), []);
  const said = `${texts.sandbox}${isTimeMoved() ? `, ${day(new Date(brandNow()).toISOString())}` : ""}`;
  return may(session, "admin") ? (
    <a class="badge warn" href={link("settings", "clock")}>
      {said}
    </a>
  ) : (
    <span class="badge warn">{said}</span>
  );
}

function NotAllowed({ section }: { section: Section | undefined }) {
  return (
    <Screen title={section?.title ?? texts.nothingHere}>
      <Card>
        <Empty>{section ? texts.needsScope(section.scopes) : texts.noSuchPlace}</Empty>
      </Card>
    </Screen>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState(() => sessionStorage.getItem("earnest-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      class="plain"
      aria-label={texts.theme(other)}
      title={texts.theme(other)}
      onClick={() => {
        sessionStorage.setItem("earnest-theme", other);
        setTheme(other);
      }}
    >
      <span aria-hidden="true">{theme === "dark" ? "☀" : "☾"}</span>
    </button>
  );
}
