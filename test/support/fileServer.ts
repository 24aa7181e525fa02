/** An HTTP server on this host that delivers one file, well or badly. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** Answers one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer {
  /** Ends in "/"; every path below it gets the same answer. */
  readonly url: string;
  /** What was asked for so far: the Range header of each request, "whole" without one. */
  readonly requests: readonly string[];
}

/** @param behaviours one for each request in turn; the last one goes on */
export async function serve(...behaviours: Behaviour[]): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const behaviour = behaviours[Math.min(requests.length, behaviours.length - 1)];
    requests.push(request.headers.range ?? "whole");
    behaviour?.(request, response);
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, requests };
}

/** An address at which nobody answers, as there was a server a moment ago. */
export async function unreachable(): Promise<FileServer> {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return { url, requests: [] };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return `http://127.0.0.1:${address.port}/`;
}

/** As servers should: ranges are answered with 206, ranges beyond the end with 416. */
export function delivers(file: Uint8Array): Behaviour {
  return (request, response) => {
    const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    if (!match) return sendWhole(file, response);
    const from = Number(match[1]);
    if (from >= file.length) {
      response.writeHead(416, { "Content-Range": `bytes */${file.length}` });
      response.end("<Error>InvalidRange</Error>");
      return;
    }
    response.writeHead(206, {
      "Content-Length": file.length - from,
      "Content-Range": `bytes ${from}-${file.length - 1}/${file.length}`,
    });
    response.end(file.subarray(from));
  };
}

/** Sends the whole file, whatever part is asked for. */
export function ignoresRanges(file: Uint8Array): Behaviour {
  return (_request, response) => sendWhole(file, response);
}

/** Promises the whole file, sends its first bytes, and hangs up. */
export function breaksOff(file: Uint8Array, after: number): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { "Content-Length": file.length });
    response.write(file.subarray(0, after), () => setTimeout(() => response.destroy(), 50));
  };
}

/** Promises the whole file, sends its first bytes, and then nothing more. */
export function stalls(file: Uint8Array, after: number): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { "Content-Length": file.length });
    response.write(file.subarray(0, after));
  };
}

export function answers(status: number): Behaviour {
  return (_request, response) => {
    response.writeHead(status).end("no");
  };
}

function sendWhole(file: Uint8Array, response: ServerResponse): void {
  response.writeHead(200, { "Content-Length": file.length }).end(file);
}
