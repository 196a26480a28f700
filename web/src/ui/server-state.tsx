/** Says when the server is away, and asks for the key that it wants. */
import { useEffect, useId, useState } from "react";
import { api, rememberKey, send, type Weather } from "../api/client";
import { useText } from "../i18n/text";

/** How often a server that is away is looked for. */
const LOOK_MS = 3000;

const WEATHERS: Weather[] = ["server-here", "server-away", "server-wants-key"];

export function ServerState() {
  const t = useText();
  const id = useId();
  const [weather, setWeather] = useState<Weather>("server-here");
  const [key, setKey] = useState("");

  useEffect(() => {
    const change = (event: Event) => setWeather(event.type as Weather);
    for (const weather of WEATHERS) window.addEventListener(weather, change);
    return () => {
      for (const weather of WEATHERS) window.removeEventListener(weather, change);
    };
  }, []);

  // Looked for until it is back; whatever waits for it hears so.
  useEffect(() => {
    if (weather !== "server-away") return;
    const timer = setInterval(() => {
      send(new Request("/healthz")).catch(() => {});
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [weather]);

  if (weather === "server-here") return null;
  if (weather === "server-away") {
    return (
      <p role="status" className="notice">
        {t.frame.away}
      </p>
    );
  }
  return (
    <form
      className="notice"
      onSubmit={(event) => {
        event.preventDefault();
        rememberKey(key);
        // Whatever waits for the server hears of the answer.
        api.GET("/v1/methods").catch(() => {});
      }}
    >
      <h2 className="text-xl">{t.key.title}</h2>
      <p className="mt-1 text-quiet">{t.key.text}</p>
      <div className="mt-3 flex flex-wrap items-end gap-3">
        <label htmlFor={id} className="font-medium">
          {t.key.label}
        </label>
        <input
          id={id}
          type="password"
          autoComplete="off"
          className="field max-w-80"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <button type="submit" className="button">
          {t.key.use}
        </button>
      </div>
    </form>
  );
}
