import { expect, test } from "vitest";
import { detectFeatures } from "../../src/engine/features.js";
import { completedSteps, resetTeam, spinsFor, teamBytes } from "../../src/engine/team.js";
import { kernels, memory, withArrays } from "../support/kernels.js";

/** A team as it may stand in memory that was used before. */
function usedTeam(threads: number): Int32Array {
  return new Int32Array(teamBytes(threads) / 4).fill(77);
}

test.each([1, 2, 5, 256])("%i threads have room for what they write, and no less", (threads) => {
  // What stands around the team is watched.
  withArrays([usedTeam(threads)], (team) => {
    resetTeam(memory, team, threads);
    for (let thread = 0; thread < threads; thread++) {
      expect(kernels.claim(team, thread, threads, threads)).toBe(thread);
    }
    expect(kernels.claim(team, 0, threads, threads)).toBe(threads);
    // The last one's count stands in the last line.
    expect(memory.integers(team + teamBytes(threads) - 64, 1)[0]).toBeGreaterThan(0);
  });
});

test("after a reset nobody has arrived, nothing is claimed, nothing is done", () => {
  const team = usedTeam(3);
  withArrays([team], (pointer) => {
    resetTeam(memory, pointer, 3);
    expect(completedSteps(memory, pointer)).toBe(0);
  });
  expect(team.every((value) => value === 0)).toBe(true);
});

test("threads spin for long while each has a core, and hardly when they must share them", () => {
  const { cores } = detectFeatures();
  expect(spinsFor(1)).toBe(spinsFor(cores));
  expect(spinsFor(cores + 1)).toBeLessThan(spinsFor(cores) / 100);
});
