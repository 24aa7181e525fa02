import { afterEach, expect, test, vi } from "vitest";
import { requestFile } from "../../src/node/request.js";
import { delivers, serve } from "../support/fileServer.js";

afterEach(() => void vi.restoreAllMocks());

test("an answer is being read as soon as it is there: Node cancels it when garbage is collected before", async () => {
  const fetched = vi.spyOn(globalThis, "fetch");
  const { url } = await serve(delivers(Uint8Array.of(1, 2, 3)));
  using answer = await requestFile(url, { from: 0, silenceSeconds: 5 });
  const response = await fetched.mock.results[0].value;
  expect(response.body.locked).toBe(true);
  const bytes: number[] = [];
  for await (const chunk of answer.chunks) bytes.push(...chunk);
  expect(bytes).toEqual([1, 2, 3]);
});
