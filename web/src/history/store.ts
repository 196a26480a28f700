/** Sessions that stay on this device, in IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { restored, type Session, type Stored } from "../session/session";

interface Schema extends DBSchema {
  pictures: { key: string; value: Stored; indexes: { when: number } };
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
export async function sessions(): Promise<Session[]> {
  return (await (await database()).getAllFromIndex("pictures", "when")).reverse().map(restored);
}

export async function sessionOf(id: string): Promise<Session | undefined> {
  const found = await (await database()).get("pictures", id);
  return found && restored(found);
}

export async function keep(session: Session): Promise<void> {
  await (await database()).put("pictures", session);
}

let asked = false;

/** Asks the browser, once, not to throw the history away when it wants room. */
export function persist() {
  if (asked) return;
  asked = true;
  navigator.storage?.persist?.().catch(() => {});
}

export async function erase(id: string): Promise<void> {
  await (await database()).delete("pictures", id);
}

export async function eraseAll(): Promise<void> {
  await (await database()).clear("pictures");
}
