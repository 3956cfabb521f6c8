/** What a wallet would have after something, beside what it has now. */

import type { BalanceResponse } from "earnest-client";

import { nameOf, useProgram } from "../names";
import { texts } from "../texts";
import { Amount, Empty, Name, Table } from "./parts";

const PARTS = ["available", "reserved", "pending"] as const;

export function Difference({ before, after }: { before: readonly BalanceResponse[]; after: readonly BalanceResponse[] }) {
  const { rewards } = useProgram();
  const ids = [...new Set([...before, ...after].map((one) => one.reward_id))];
  const rows = ids.flatMap((id) =>
    PARTS.map((part) => {
      const [now, then] = [before, after].map((totals) => totals.find((one) => one.reward_id === id)?.[part] ?? 0) as [number, number];
      return { id, part, now, then };
    }).filter((row) => row.now !== row.then),
  );
  if (rows.length === 0) {
    return <Empty>{texts.action.nothingMoves}</Empty>;
  }
  return (
    <Table
      caption={texts.action.preview}
      rows={rows}
      id={(row) => `${row.id} ${row.part}`}
      columns={[
        {
          title: texts.guest.wallet,
          cell: (row) => (
            <>
              <Name of={nameOf(rewards, row.id)} /> <span class="quiet">{row.part === "reserved" ? texts.guest.held : texts.guest[row.part]}</span>
            </>
          ),
        },
        { title: texts.action.before, number: true, cell: (row) => <Amount value={row.now} /> },
        { title: texts.action.after, number: true, cell: (row) => <Amount value={row.then} /> },
        { title: "±", number: true, cell: (row) => <Amount value={Math.round((row.then - row.now) * 1e4) / 1e4} sign /> },
      ]}
    />
  );
}
