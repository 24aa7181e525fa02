/** How a network's gradients compare with central differences. */
import type { CheckedParameter, GradientCheck } from "../doctor/gradientCheck.js";
import type { NetworkCheck } from "../doctor/networkCheck.js";
import { type Layout, table } from "./table.js";

/** Entries of the list of the worst. */
const SHOWN = 5;

export function gradientReport(check: NetworkCheck, layout: Layout): string {
  const { reference, kernels } = check;
  const columns = [
    { title: "backward pass", align: "left" },
    { title: "parameters", align: "right" },
    { title: "wrong", align: "right" },
    { title: "at kinks", align: "right", optional: true },
    { title: "relative error", align: "right" },
  ] as const;
  const row = (name: string, result: GradientCheck) => [
    name,
    String(result.checked),
    String(result.wrong),
    String(result.kinks),
    result.relativeError.toExponential(1),
  ];
  const rows = [row("reference, float64", reference), row("kernels, float32", kernels)];
  const { style } = layout;
  const wrong = reference.wrong + kernels.wrong;
  const verdict =
    wrong === 0
      ? style.good("All gradients are right.")
      : style.bad(`${wrong} gradients are wrong; the worst:`);
  const parts = [table(columns, rows, layout), verdict];
  const worst = [...reference.worst, ...kernels.worst].filter(({ verdict: v }) => v === "wrong");
  if (worst.length > 0) parts.push(worstTable(worst.slice(0, SHOWN), check, layout));
  return parts.join("\n\n");
}

function worstTable(
  entries: readonly CheckedParameter[],
  { nameOf }: NetworkCheck,
  layout: Layout,
): string {
  const columns = [
    { title: "parameter", align: "left" },
    { title: "analytic", align: "right" },
    { title: "numeric", align: "right" },
    { title: "relative error", align: "right", optional: true },
  ] as const;
  const rows = entries.map(({ index, analytic, numeric, relativeError }) => [
    nameOf(index),
    analytic.toPrecision(6),
    numeric.toPrecision(6),
    relativeError.toExponential(1),
  ]);
  return table(columns, rows, layout);
}
