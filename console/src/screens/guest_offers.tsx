/** The offers of a guest. */

import { ask, may } from "../api";
import { inline } from "../format";
import { useList, useSession } from "../hooks";
import { link } from "../router";
import { texts } from "../texts";
import { Badge, Card, ListEnd, Name, Table, When } from "../ui/parts";

const TONES = { active: "good", upcoming: "info", expired: "quiet", redeemed: "warn" } as const;

export function Offers({ id }: { id: string }) {
  const session = useSession();
  const offers = useList(
    (cursor) => ask(session.client.GET("/customers/{id}/offers", { params: { path: { id }, query: { limit: 50, ...(cursor ? { cursor } : {}) } } })),
    [id],
  );
  const titles = texts.guest.offer;
  return (
    <Card>
      {offers.items.length > 0 && (
        <Table
          caption={texts.guest.offers}
          rows={offers.items}
          id={(one) => one.id}
          columns={[
            { title: titles.name, cell: (one) => <Name of={one.name} /> },
            { title: titles.status, cell: (one) => <Badge of={texts.offerStatus[one.status] ?? one.status} tone={TONES[one.status]} /> },
            { title: titles.from, cell: (one) => <When at={one.starts_at} /> },
            { title: titles.until, cell: (one) => <When at={one.ends_at} /> },
            { title: titles.benefits, cell: (one) => <bdi class="small">{inline(one.benefits)}</bdi> },
            {
              title: titles.by,
              cell: (one) => (
                <>
                  <Name of={one.source ?? ""} />{" "}
                  {one.trace_id && may(session, "offers:write") && <a href={link("offers", "trace", one.trace_id)}>{texts.correct.trace}</a>}{" "}
                  {(one.redeemed_by ?? one.held_by) && <a href={link("event", (one.redeemed_by ?? one.held_by)!)}>{texts.why.title}</a>}
                </>
              ),
            },
          ]}
        />
      )}
      <ListEnd of={offers} empty={texts.guest.noOffers} />
    </Card>
  );
}
