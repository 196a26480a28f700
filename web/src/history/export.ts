/** The whole history as one file. */
import { downloadZip } from "client-zip";
import { type Session, withoutPictures } from "../session/session";
import { stem } from "../studio/download";

/** A ZIP with a folder for each picture: original, result at preview size, references, mood, and the settings as JSON. */
export function exportZip(sessions: Session[]): Promise<Blob> {
  return downloadZip(files(sessions)).blob();
}

export function* files(sessions: Session[]): Generator<{ name: string; input: Blob | string; lastModified: Date }> {
  for (const [i, session] of sessions.entries()) {
    const { original, preview, references, moodPicture } = session;
    const folder = `${String(i + 1).padStart(3, "0")}-${stem(session.name)}`.replaceAll(/[/\\:*?"<>|]/g, "_");
    const lastModified = new Date(session.whenMs);
    const give = (name: string, input: Blob | string) => ({ name: `${folder}/${name}`, input, lastModified });
    yield give(session.name.replaceAll(/[/\\]/g, "_"), original);
    if (preview) yield give("preview.jpg", preview);
    yield give("settings.json", withoutPictures(session));
    for (const [j, reference] of references.entries()) yield give(`reference-${j + 1}-${reference.name}`, reference);
    if (moodPicture) yield give(`mood-${moodPicture.name}`, moodPicture);
  }
}
