/** What the server offers: methods with their options, and filters. */
import { useEffect, useState } from "react";
import { ask } from "./client";

export interface Method {
  id: string;
  name: string;
  summary: string;
  /** The kinds of guidance it takes, such as "points", "strokes" and "references". */
  guidance: string[];
  uses_model: boolean;
  default: boolean;
  paper: { title: string; authors: string; year: number | null } | null;
  settings: { properties: Record<string, Setting> };
}

/** An option of a method, as JSON Schema. Without a default, the model decides. */
export type Setting = { description: string } & (
  | { type: "number"; minimum: number; maximum: number; default?: number }
  | { type: "integer"; minimum: number; maximum: number; default?: number }
  | { type: "boolean"; default?: boolean }
  | { type: "string"; enum: string[]; default?: string }
);

export type Value = number | boolean | string;

export interface Filter {
  id: string;
  name: string;
  summary: string;
}

export interface Look {
  filter: string;
  amount: number;
  saturation: number;
  temperature: number;
  tint: number;
  contrast: number;
}

export const PLAIN: Look = {
  filter: "none",
  amount: 1,
  saturation: 1,
  temperature: 0,
  tint: 0,
  contrast: 1,
};

export interface Registry {
  methods: Method[];
  filters: Filter[];
}

async function load(): Promise<Registry> {
  const read = async <T>(path: string) => (await (await ask(path)).json()) as T;
  const [{ methods }, { filters }] = await Promise.all([
    read<{ methods: Method[] }>("/v1/methods"),
    read<{ filters: Filter[] }>("/v1/filters"),
  ]);
  return { methods, filters };
}

let loaded: Promise<Registry> | null = null;

/** Asks once; asks again when the server is back, or was given its key. */
export function useRegistry(): Registry | null {
  const [registry, setRegistry] = useState<Registry | null>(null);
  useEffect(() => {
    let current = true;
    const attempt = () => {
      loaded ??= load();
      loaded.then(
        (registry) => current && setRegistry(registry),
        () => {
          loaded = null;
        },
      );
    };
    attempt();
    window.addEventListener("server-here", attempt);
    return () => {
      current = false;
      window.removeEventListener("server-here", attempt);
    };
  }, []);
  return registry;
}

/** What the server calls the kinds of guidance that this app can give. */
const GUIDANCE = {
  hints: ["points", "strokes"],
  references: ["references"],
  parts: ["swatches"],
  recolors: ["palette changes"],
  seed: ["seed"],
};

/** Whether a method takes a kind of guidance. */
export function takes(method: Method | undefined, kind: keyof typeof GUIDANCE): boolean {
  return method?.guidance.some((given) => GUIDANCE[kind].includes(given)) ?? false;
}
