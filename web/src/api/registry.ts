/** What the server offers: methods with their options, and filters. */
import { useEffect, useState } from "react";
import { api, body } from "./client";
import type { Control, Filter, Method } from "./types";

export interface Registry {
  methods: Method[];
  filters: Filter[];
  /** The sliders: of the filter, and of the colours alone. */
  controls: { look: Control[]; tone: Control[] };
}

async function load(): Promise<Registry> {
  const [{ methods }, { filters, look, tone }] = await Promise.all([body(api.GET("/v1/methods")), body(api.GET("/v1/filters"))]);
  return { methods, filters, controls: { look, tone } };
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
