/** Every word of the app in English. The other languages have exactly these keys; the compiler sees to it. */
import type { Named } from "./text";

const none: Record<string, Named> = {};

export const en = {
  name: "English",
  switchTo: "DE: auf Deutsch",

  // Said in the same words on every page.
  privacy:
    "Pictures go to the Autochrome that served this page, and nowhere else. It forgets a picture of the studio a quarter of an hour after you last worked on it, and a batch after a day. The history stays in this browser. Colours are likely, not known.",

  frame: {
    skip: "Skip to content",
    pages: "Pages",
    studio: "Studio",
    batch: "Batch",
    history: "History",
    instructions: "Instructions",
    about: "About",
    dark: "Dark mode",
    away: "Autochrome does not answer. The history can still be looked at. This page looks for it every few seconds and goes on by itself.",
    lost: "There is no such page",
    toBeginning: "To the beginning",
  },

  key: {
    title: "This server asks for a key",
    text: "Whoever runs it can make one with “autochrome keys create NAME”. It is kept until this tab is closed.",
    label: "Key",
    use: "Use the key",
  },

  home: {
    title: "Colour for photographs that never had any",
    lead: "A network that has looked at many colour pictures says which colours are likely. Brightness, detail and resolution stay exactly those of your photograph.",
    open: "Open a photograph",
    how: "How it works",
    privacyTitle: "Your pictures stay yours.",
    touch: "Touch one to develop it",
    develop: "Develop",
    developing: "Developing",
    toStudio: "Open in the studio",
    again: "Try again",
  },

  samples: {
    camera: { title: "Photographer", alt: "A man in a coat looks through a camera on a tripod, on a wide lawn" },
    cat: { title: "Chelsea", alt: "A tabby cat looks past the camera" },
    coffee: { title: "Coffee", alt: "A cup of coffee with a spoon on a wooden table" },
    label: (title: string) => `Sample: ${title}`,
    begin: "Or begin with one of these",
  },

  drop: {
    title: "Put a photograph here",
    titleMany: "Put photographs here",
    text: "Drop it or paste it on any page, or choose a file; several become a batch. JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.",
    anywhere: "Let go: one opens in the studio, several become a batch",
    textMany: "Drop them or choose files. JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.",
    choose: "Choose a file",
    chooseMany: "Choose files",
    input: "Photograph",
    inputMany: "Photographs",
  },

  studio: {
    title: "Studio",
    another: "Another picture",
    undo: "Undo",
    redo: "Redo",
    adjustments: "Adjustments",
    finding: "Finding colours",
    makingPicture: "Making the full picture",
    makingCollage: "Making the collage",
    cancel: "Cancel",
    cancelled: "Cancelled.",
    goOn: "Go on",
    tryAgain: "Try again",
    sending: (percent: number) => `Sending the picture: ${percent} %`,
    waitsForServer: "Autochrome does not answer. This goes on by itself when it is back.",
    otherTab: "This picture is open in another tab too. Changes here do not show there; what is changed last is what the history keeps.",
    kinds: {
      negative: { text: "This picture looks like a negative.", offer: "Make it positive" },
      drawing: { text: "This is a line drawing. To fill the regions between its lines:", offer: "" },
      color: {
        text: "This picture is in colour already. Colouring starts from its lightness alone; to keep its colours and change some:",
        offer: "",
      },
      toned: {
        text: "This picture is toned, as sepia prints are. It is coloured from its lightness; its own tone is left out.",
        offer: "Keep a tint of it",
      },
      halftone: {
        text: "This is a print made of dots. Colours may follow the dots; a scan at a lower resolution may do better.",
        offer: "",
      },
      faded: { text: "This picture is faded: its lightness spans little.", offer: "More contrast" },
    },
    more: "More",
    share: "Share",
    downloadPage: "Before and after as a page",
    lost: "This picture is not here",
    simulated: "Colours are simulated.",
    noRoom: "This browser gives no room for the history; the picture itself is not affected.",
    notKept: "The history of this browser does not have it, or no longer. Pictures stay in the browser they were opened in.",
    notAPicture: "That is not a picture. Give a JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.",
    download: "Download",
    downloadCollage: "Download the collage",
    mark: "Write “colours are simulated” on it",
    markNote: "The mark is drawn by this browser: 8 bits a channel, without the metadata of the file.",
    markText: "colours are simulated",
    curl: "Copy as curl",
    curlDone: "The command is in the clipboard.",
    curlFailed: "This browser does not let pages write to the clipboard. Here it is:",
    undoAll: "Undo all adjustments",
  },

  stage: {
    picture: "Picture",
    before: "The picture as it was",
    after: "The picture in colour",
    view: "View",
    compare: "Compare",
    side: "Side by side",
    hints: "Paint",
    parts: "Match parts",
    divide: "Divide between before and after",
    share: (percent: number) => `${percent} % of the original`,
    hold: "Hold to see the original",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    zoomFit: "Whole picture",
    zoom: (times: string) => `${times} times`,
  },

  look: {
    filter: "Filter",
    none: "None",
    format: "Format",
    sameFormat: "As each file is",
  },

  ways: {
    label: "What do you want?",
    automatic: "Automatic",
    paint: "Paint it myself",
    like: "Like another picture",
    change: "Change colours",
    drawing: "Line drawing",
  },

  method: {
    label: "Method",
    options: "Options of this method",
    paper: "After",
    byModel: "as the model says",
    byDefault: (value: string) => `Default (${value})`,
    on: "On",
    off: "Off",
    variants: "Variants",
    variant: (number: number) => `Variant ${number}`,
    several: "Show several answers",
    // Headings in the list of methods.
    kinds: {
      alone: "By themselves",
      references: "With a reference in colour",
      hand: "By hand",
      recolors: "For pictures in colour",
    },
    needs: {
      references: "Add a reference: this method takes its colours from there.",
      hand: "Choose a colour and draw on the picture: it spreads from there.",
      recolors: "Choose what a colour is to become, or add a reference.",
    },
  },

  words: {
    title: "Colours in words",
    example: "red car, blue sky",
    apply: "Apply",
    help: "A colour and a thing each: dress, jacket, hat, hair, sky, grass, wall, car … Everything of that kind gets the colour.",
  },

  hints: {
    title: "Colours by hand",
    likely: "Likely colours here",
    suggestion: (color: string, percent: number) => `${color}, ${percent} % likely`,
    palette: "Brush and colours",
    layer: "Area to paint on",
    keys: "Tap for a spot, drag for a stroke. Tap a spot again to move it, to give it another colour, or to remove it. With keys: arrows move the cross or the chosen spot, Enter puts or chooses a spot, Space begins and ends a stroke, Delete removes.",
    lightness: "Only hue and strength of a colour count; its lightness stays that of the photograph.",
    drawing: "In a line drawing, a colour fills what lies between the lines as it is, with its lightness.",
    color: "Colour",
    own: "Another colour",
    brush: "Brush",
    reach: "Size",
    paint: "Paint",
    erase: "Rub out",
    pick: "Take a colour",
    pickHow: "Tap the picture to take a colour from it, or one of these.",
    pickFrom: "From another picture",
    pickOn: (name: string) => `Take a colour from ${name}`,
    spot: (number: number) => `Spot ${number}`,
    stroke: (number: number) => `Stroke ${number}`,
    removeOne: "Remove",
    leave: "Done",
    tool: "Tool",
    clear: "Remove all",
    save: "Save",
    load: "Load",
    loadFailed: "That file holds no colour hints.",
    count: (points: number, strokes: number) =>
      `${points} ${points === 1 ? "spot" : "spots"}, ${strokes} ${strokes === 1 ? "stroke" : "strokes"}`,
    strokeBegun: "Stroke begun",
    swatches: {
      fair: "Fair skin",
      dark: "Dark skin",
      blond: "Blond",
      brown: "Brown hair, earth",
      wood: "Wood",
      brick: "Brick",
      red: "Red",
      rose: "Rose",
      sand: "Sand",
      grass: "Grass",
      leaf: "Leaves",
      sea: "Sea",
      sky: "Sky",
      blue: "Blue",
      navy: "Navy",
      violet: "Violet",
      gray: "No colour",
    },
  },

  references: {
    title: "References",
    text: "Pictures in colour whose colours are wanted. Drop them here or choose them.",
    add: "Add a reference",
    input: "Reference pictures",
    remove: (name: string) => `Remove ${name}`,
  },

  parts: {
    title: "Parts that match",
    text: "Draw a rectangle on the picture, and then one on the reference whose colours it is to have.",
    keys: "With keys: arrows move the rectangle, with Shift they change its size, Enter takes it.",
    here: "Now on the picture.",
    there: "Now on a reference.",
    noReference: "Add a reference first.",
    onPicture: "Part of the picture",
    onReference: (name: string) => `Part of ${name}`,
    pair: (number: number, name: string) => `${number}: as in ${name}`,
    remove: (number: number) => `Remove pair ${number}`,
  },

  recolor: {
    title: "Colours of the picture",
    text: "What covers most of it comes first. Choose what a colour is to become; lightness stays.",
    gray: "This picture is gray: there is nothing to change. Colour it with another method, download it, and open that.",
    unreadable: "This browser cannot read the colours of this file.",
    become: (number: number, color: string) => `What colour ${number} (${color}) becomes`,
    keep: (number: number) => `Keep colour ${number} as it is`,
  },

  batch: {
    title: "Batch",
    lead: "Several photographs with the same settings, and one ZIP of the results. Colouring goes on when this page is left.",
    earlier: "Earlier batches",
    open: (pictures: number, when: string) => `${pictures} ${pictures === 1 ? "photograph" : "photographs"}, ${when}`,
    picture: (number: number) => `Photograph ${number}`,
    files: (count: number, bytes: string) => `${count} ${count === 1 ? "photograph" : "photographs"}, ${bytes}`,
    start: "Colour all",
    sending: "Sending",
    add: "Add more",
    cancel: "Cancel",
    fresh: "New batch",
    zip: "Download all",
    forget: "Forget it on the server",
    download: (name: string) => `Download ${name}`,
    remove: (name: string) => `Remove ${name}`,
    progress: "Progress of the batch",
    state: {
      waiting: "Waiting",
      running: "Finding colours",
      done: "Done",
      failed: "Failed",
      cancelled: "Cancelled",
    },
    done: (done: number, all: number) => `${done} of ${all} done`,
    failedSome: (failed: number) => `${failed} could not be coloured`,
    settings: "Settings for all",
    lost: "The server has forgotten this batch.",
  },

  history: {
    title: "History",
    lead: "What you opened in the studio, with everything you did to it, kept by this browser on this device alone.",
    download: "Download",
    downloadOne: (name: string) => `Download ${name} in full size`,
    making: "Making the full picture",
    erased: (name: string) => `${name} is erased.`,
    erasedAll: "Everything is erased.",
    undo: "Undo",
    batches: "Batches on the server",
    size: (count: number, bytes: string) => `${count} ${count === 1 ? "picture" : "pictures"}, ${bytes}`,
    export: "Export as ZIP",
    eraseAll: "Erase everything",
    sure: "Yes, erase everything",
    empty: "Nothing yet.",
    open: (name: string) => `Open ${name}`,
    erase: "Erase",
    eraseOne: (name: string) => `Erase ${name}`,
    failed: "This browser does not let the page keep anything.",
  },

  instructions: {
    title: "Instructions",
    steps: {
      bring: {
        title: "Bring a photograph",
        text: "Drop a file into the studio, paste it, or choose it. Scans of 600 dpi and more are welcome: colour is found on a small copy and laid over yours at full size, 16 bits included.",
        alt: "A gray photograph of a man behind a camera on a tripod",
      },
      compare: {
        title: "Compare",
        text: "Drag the line, or move it with the arrow keys (Shift for larger steps, Home and End for the edges). Hold the button below the picture to see the original; zoom with + and −, and 0 for the whole.",
        alt: "The same photograph, divided by a line: gray to its left, in colour to its right",
      },
      adjust: {
        title: "Adjust",
        text: "Choose a filter and how much of it; saturation, temperature, tint and contrast act before it. None of this runs the network again, so it answers at once.",
        alt: "A cup of coffee six times: without a filter, vivid, vintage, two-strip film, autochrome plate and cyanotype",
      },
      hand: {
        title: "Paint it yourself",
        text: "You know that the coat was green? Choose “Paint it myself”, pick the colour and touch the coat: spots and strokes tell the network what it cannot know, and it spreads them along the edges. Touch a spot again to move it, to give it another colour or to remove it. “Take a colour” finds one in a picture.",
        alt: "A cup of coffee with spots of blue on its saucer",
      },
      choose: {
        title: "Choose another way",
        text: "“Like another picture” takes the colours from references that you add, and from parts of them that match. “Change colours” is for a picture that has some. “Line drawing” fills what lies between lines. The line below the picture says what is missing. Every method with its paper and its options is under More.",
        alt: "Left, a line drawing of a house with a few strokes and spots of colour; right, the same drawing, all filled",
      },
      take: {
        title: "Take it home",
        text: "Download gives the format and resolution of your file, with its metadata and a note that colours were added by software. The collage shows before and after side by side; the page is one file with a line between them to drag, for a browser or a web site. Phones can share.",
        alt: "A collage: the gray photograph to the left, the coloured one to the right",
      },
    },
    more: {
      title: "More than one",
      text: "Whole albums go through the page Batch: one set of settings, progress for every file, one ZIP. What you coloured in the studio waits in History, on your device only.",
    },
    troubleTitle: "When something is in the way",
    troubles: [
      ["“…is not supported”", "HEIC, camera raw and PDF are not read. Export a JPEG, PNG or TIFF first."],
      [
        "“…more than the limit of … pixels”",
        "The server has limits so that one picture cannot take all memory. Make the picture smaller, or use autochrome colorize in a terminal.",
      ],
      [
        "Everything stays gray",
        "The method Gray adds no colour. A method that takes colours from a reference or from your hand waits for one; the line below the picture says so.",
      ],
      [
        "“Autochrome does not answer”",
        "The page works without the program, colouring does not. Start autochrome serve again; the page goes on by itself.",
      ],
    ],
    terminalTitle: "From a terminal",
    terminal:
      "Everything here goes through the HTTP interface of the same program. “Copy as curl”, under More in the studio, gives the command for what you see. For whole folders there is:",
  },

  about: {
    title: "About",
    colours: {
      title: "What the colours mean",
      text: [
        "They are likely, not true. A gray photograph does not hold the colour of a dress, and no program can get it back. The network answers with what such things often look like: sky, skin, grass and wood come out well, uniforms, cars and paint are guesses.",
        "Do not use them as evidence of how something looked. Every result says in its metadata that software added the colours.",
      ],
    },
    stays: {
      title: "What stays as it was",
      text: [
        "Without a filter, the lightness of every pixel is that of your file, to rounding. Colour is the only thing that is added. Resolution, 16 bits, orientation, transparency and metadata are kept.",
      ],
    },
    paper: {
      title: "The paper",
      before: "Autochrome implements ",
      after: " by Pandey and Rana, and the methods that it is compared with there.",
    },
    origin: {
      title: "The name",
      text: [
        "In 1907 the Lumière brothers sold the first practical colour plates: glass covered with grains of potato starch, dyed orange, green and violet. They called them Autochromes. The filter “Autochrome plate” remembers them, and so do the three colours of this page.",
      ],
    },
    licences: {
      title: "Licences",
      text: [
        "Autochrome is free software under MIT or Apache-2.0, at your choice. The samples are CC0: photographs by Lav Varshney, Stefan van der Walt and Rachel Michetti. Headings are set in Newsreader by Production Type, under the SIL Open Font License.",
      ],
    },
  },

  // What the server says in English already: names of filters, sliders and methods, what settings do, and errors.
  filters: none,
  controls: {} as Record<string, string>,
  methods: none,
  // By method; the server knows settings by short ids.
  settings: {
    neural: {
      flip: { name: "Average with the mirror image" },
      size: { name: "Working size" },
      temperature: { name: "Caution" },
    },
    deep: { points: { name: "Most hints taken" }, trust: { name: "Trust in matches" } },
    collection: { answers: { name: "Number of answers" } },
    superpixel: { area: { name: "Size of a superpixel" }, size: { name: "Working size" } },
    irony: { classes: { name: "Classes of colour" }, size: { name: "Working size" } },
    intrinsic: { place: { name: "Weight of the place" }, size: { name: "Working size" } },
    welsh: { samples: { name: "Number of samples" }, size: { name: "Working size" } },
    scribble: {
      gap: { name: "Gaps to close in a drawing" },
      megapixels: { name: "Working size" },
      sketch: { name: "This is a line drawing" },
    },
    palette: { entries: { name: "Colours in the palette" }, strength: { name: "Strength of the change" } },
  } as Record<string, Record<string, { name: string; summary?: string }>>,
  problems: {} as Record<string, string>,
  unreachable: "Autochrome does not answer. Is autochrome serve still running?",
};

export type Catalogue = typeof en;
