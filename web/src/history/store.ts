/** Pictures and settings that stay on this device, in IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Recolor, SwatchPair } from "../api/colorize";
import type { Look, Value } from "../api/registry";
import type { Hints } from "../studio/hints/hints";

export interface Entry {
  id: string;
  name: string;
  whenMs: number;
  original: Blob;
  /** The coloured picture at preview size, without its look. */
  preview: Blob;
  method: string;
  settings: Record<string, Value>;
  look: Look;
  hints?: Hints;
  references?: File[];
  parts?: SwatchPair[];
  recolors?: Recolor[];
  /** Which of the method's answers was chosen, 0 being the first. */
  answer?: number;
}

interface Schema extends DBSchema {
  pictures: { key: string; value: Entry; indexes: { when: number } };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database() {
  opened ??= openDB<Schema>("autochrome", 1, {
    upgrade(db) {
      db.createObjectStore("pictures", { keyPath: "id" }).createIndex("when", "whenMs");
    },
  });
  return opened;
}

/** Newest first. */
export async function entries(): Promise<Entry[]> {
  return (await (await database()).getAllFromIndex("pictures", "when")).reverse();
}

export async function entry(id: string): Promise<Entry | undefined> {
  return (await database()).get("pictures", id);
}

export async function keep(value: Entry): Promise<void> {
  await (await database()).put("pictures", value);
}

export async function erase(id: string): Promise<void> {
  await (await database()).delete("pictures", id);
}

export async function eraseAll(): Promise<void> {
  await (await database()).clear("pictures");
}

export function bytesOf(entry: Entry): number {
  const references = (entry.references ?? []).reduce((sum, file) => sum + file.size, 0);
  return entry.original.size + entry.preview.size + references;
}
