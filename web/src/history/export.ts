/** The whole history as one file. */
import { downloadZip } from "client-zip";
import { stem } from "../studio/download";
import type { Entry } from "./store";

/** A ZIP with a folder for each picture: original, result at preview size, references, and the settings as JSON. */
export function exportZip(entries: Entry[]): Promise<Blob> {
  return downloadZip(files(entries)).blob();
}

export function* files(entries: Entry[]): Generator<{ name: string; input: Blob | string; lastModified: Date }> {
  for (const [i, entry] of entries.entries()) {
    const { original, preview, references = [], ...rest } = entry;
    const folder = `${String(i + 1).padStart(3, "0")}-${stem(entry.name)}`.replaceAll(/[/\\:*?"<>|]/g, "_");
    const lastModified = new Date(entry.whenMs);
    const give = (name: string, input: Blob | string) => ({ name: `${folder}/${name}`, input, lastModified });
    yield give(entry.name.replaceAll(/[/\\]/g, "_"), original);
    yield give("preview.jpg", preview);
    yield give("settings.json", JSON.stringify(rest, null, 2));
    for (const [j, reference] of references.entries()) yield give(`reference-${j + 1}-${reference.name}`, reference);
  }
}
