export interface components { schemas: {
  ColorizeOptions: { method?: string|null; model?: string|null; settings?: {[k:string]: components["schemas"]["Setting"]}; points?: components["schemas"]["Point"][]; strokes?: components["schemas"]["Stroke"][]; swatches?: components["schemas"]["Swatch"][]; recolors?: components["schemas"]["Recolor"][]; seed?: number|null; variants?: number|null; answer?: number|null; format?: string|null; quality?: number|null; collage?: boolean; max_side_px?: number|null; look?: components["schemas"]["Look"] };
  Setting: number|boolean|string;
  Look: { filter?: "sepia"|"none"|null; amount?: number|null; saturation?: number|null; temperature?: number|null; tint?: number|null; contrast?: number|null };
  Point: { x: number; y: number; radius?: number; color: string };
  Stroke: { path: components["schemas"]["Place"][]; width: number; color: string };
  Place: [number, number];
  Swatch: { picture: components["schemas"]["Area"]; area: components["schemas"]["Area"]; reference?: number };
  Area: { x: number; y: number; width: number; height: number };
  Recolor: { entry: number; to: string } | { from: string; to: string } | { hues: [number, number]; to_hue?: number|null };
  Control: { id: string; name: string; help: string; min: number; max: number; default: number; step: number; unit: string };
  Filter: { id: string; name: string; summary: string };
  FilterList: { filters: components["schemas"]["Filter"][]; look: components["schemas"]["Control"][]; tone: components["schemas"]["Control"][] };
  MethodList: { methods: components["schemas"]["Method"][] };
  Paper: { title: string; authors: string; year?: number|null };
  Method: { id: string; name: string; summary: string; paper?: components["schemas"]["Paper"]|null; guidance: string[]; takes: string[]; needs: components["schemas"]["Need"][]; uses_model: boolean; default: boolean; settings: components["schemas"]["Settings"]; options: components["schemas"]["MethodOption"][] };
  Settings: { type: string; properties: {[k:string]: Record<string, never>}; additionalProperties: boolean };
  Need: { any_of: string[]; of_picture: boolean; remedy: string };
  MethodOption: { type: "real"; id: string; help: string; min: number; max: number; step?: number|null; unit: string; default?: number|null } | { type: "int"; id: string; help: string; min: number; max: number; unit: string; default?: number|null } | { type: "switch"; id: string; help: string; default?: boolean|null } | { type: "choice"; id: string; help: string; choices: string[]; default?: string|null };
  Palette: { entries: { color: string; share: number }[]; is_gray: boolean };
  Job: { id: string; kind: "image"|"batch"; state: "queued"|"running"|"done"|"failed"|"cancelled"; progress: number; error?: components["schemas"]["JobError"]|null; result?: { media_type: string; bytes: number; href: string }|null; files?: components["schemas"]["JobFile"][]|null };
  JobError: { code: string; detail: string };
  JobFile: { number: number; name: string; bytes?: number|null; href?: string|null; error?: components["schemas"]["JobError"]|null };
  Colored: { image: string; media_type: string; seed?: number|null; answer: number; variants: { image: string; seed?: number|null; answer: number }[] };
} }
interface Get<T, P = { query?: never }> { parameters: P & { header?: never; path?: never; cookie?: never }; get: { parameters: P & { header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: {[n:string]: unknown}; content: { "application/json": T } } } }; }
export interface paths {
  "/v1/methods": Get<components["schemas"]["MethodList"]>;
  "/v1/filters": Get<components["schemas"]["FilterList"]>;
  "/v1/looks/cube": { get: { parameters: { query?: components["schemas"]["Look"]; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: {[n:string]: unknown}; content: { "application/octet-stream": string } } } } };
  "/v1/jobs/{id}": { get: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: {[n:string]: unknown}; content: { "application/json": components["schemas"]["Job"] } } } }; delete: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 204: { headers: {[n:string]: unknown}; content?: never } } } };
  "/v1/jobs/{id}/cancel": { post: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: {[n:string]: unknown}; content: { "application/json": components["schemas"]["Job"] } } } } };
}
