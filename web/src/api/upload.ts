/** Sending a file and hearing how much of it is sent, which `fetch` does not tell. */
import { keyHeader, Problem, reached } from "./client";

export interface Upload<T> {
  answer: Promise<T>;
  abort: () => void;
}

/** Posts a file; what is refused is thrown as a {@link Problem}. `onShare` hears the share that was sent, 0..=1. */
export function upload<T>(path: string, type: string, file: File, onShare: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest();
  request.open("POST", path);
  request.setRequestHeader("content-type", type);
  for (const [name, value] of keyHeader()) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
  request.upload.onload = () => onShare(1);
  const answer = new Promise<T>((resolve, reject) => {
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onerror = () => {
      reached(0);
      reject(new Problem("unreachable", "the server does not answer"));
    };
    request.onload = () => {
      reached(request.status);
      const body = JSON.parse(request.responseText || "null");
      if (request.status === 201) resolve(body);
      else {
        const retry = Number(request.getResponseHeader("retry-after")) || null;
        reject(new Problem(body?.code ?? "unknown", body?.detail ?? request.statusText, retry));
      }
    };
    request.send(file);
  });
  return { answer, abort: () => request.abort() };
}
