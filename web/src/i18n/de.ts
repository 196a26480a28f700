/** Jedes Wort der App auf Deutsch. */
import type { Catalogue } from "./en";

export const de: Catalogue = {
  name: "Deutsch",
  switchTo: "EN: in English",

  frame: {
    skip: "Zum Inhalt",
    pages: "Seiten",
    studio: "Studio",
    batch: "Stapel",
    history: "Verlauf",
    instructions: "Anleitung",
    about: "Über",
    dark: "Dunkle Ansicht",
    footer: "Bilder gehen an das Autochrome, von dem diese Seite kommt, und sonst nirgendwohin. Farben sind glaubhaft, nicht erinnert.",
    away: "Der Server antwortet nicht. Was im Verlauf liegt, lässt sich weiter ansehen; gefärbt wird wieder, wenn er zurück ist.",
    lost: "Diese Seite gibt es nicht",
    toBeginning: "Zum Anfang",
  },

  key: {
    title: "Dieser Server verlangt einen Schlüssel",
    text: "Wer ihn betreibt, kann mit „autochrome keys create NAME“ einen anlegen. Er wird behalten, bis dieser Tab geschlossen wird.",
    label: "Schlüssel",
    use: "Schlüssel benutzen",
  },

  home: {
    title: "Farbe für Fotografien, die nie welche hatten",
    lead: "Ein Netz, das viele farbige Bilder gesehen hat, sagt, welche Farben wahrscheinlich sind. Helligkeit, Einzelheiten und Auflösung bleiben genau die Ihrer Fotografie.",
    open: "Fotografie öffnen",
    how: "So geht es",
    privacyTitle: "Ihre Bilder bleiben Ihre.",
    privacy:
      "Sie werden von dem Programm gefärbt, von dem diese Seite kommt. Kein Konto, kein Hochladen zu anderen, und auf dem Server bleibt nichts.",
    touch: "Berühren Sie eine, um sie zu entwickeln",
    develop: "Entwickeln",
    developing: "Entwickelt sich",
    toStudio: "Im Studio öffnen",
    again: "Noch einmal",
  },

  samples: {
    camera: { title: "Fotograf", alt: "Ein Mann im Mantel blickt auf einer weiten Wiese durch eine Kamera auf einem Stativ" },
    cat: { title: "Chelsea", alt: "Eine getigerte Katze blickt an der Kamera vorbei" },
    coffee: { title: "Kaffee", alt: "Eine Tasse Kaffee mit Löffel auf einem Holztisch" },
    label: (title) => `Beispiel: ${title}`,
    begin: "Oder beginnen Sie mit einer von diesen",
  },

  drop: {
    title: "Hier eine Fotografie ablegen",
    titleMany: "Hier Fotografien ablegen",
    text: "Ablegen, einfügen oder eine Datei wählen. JPEG, PNG, WebP, TIFF, BMP, GIF oder PNM.",
    textMany: "Ablegen oder Dateien wählen. JPEG, PNG, WebP, TIFF, BMP, GIF oder PNM.",
    choose: "Datei wählen",
    chooseMany: "Dateien wählen",
    input: "Fotografie",
    inputMany: "Fotografien",
  },

  studio: {
    title: "Studio",
    another: "Anderes Bild",
    undo: "Rückgängig",
    redo: "Wiederholen",
    adjustments: "Einstellungen",
    finding: "Farben werden gesucht",
    makingPicture: "Das ganze Bild entsteht",
    makingCollage: "Die Collage entsteht",
    cancel: "Abbrechen",
    cancelled: "Abgebrochen.",
    simulated: "Farben sind nachempfunden.",
    noRoom: "Dieser Browser gibt keinen Platz für den Verlauf; das Bild selbst ist nicht betroffen.",
    notKept: "Dieses Bild ist nicht mehr im Verlauf.",
    notAPicture: "Das ist kein Bild. Nehmen Sie JPEG, PNG, WebP, TIFF, BMP, GIF oder PNM.",
    download: "Herunterladen",
    downloadCollage: "Collage herunterladen",
    mark: "„Farben sind nachempfunden“ daraufschreiben",
    markNote: "Den Vermerk zeichnet dieser Browser: 8 Bit je Kanal, ohne die Metadaten der Datei.",
    markText: "Farben sind nachempfunden",
    curl: "Als curl kopieren",
    curlDone: "Der Befehl ist in der Zwischenablage.",
    curlFailed: "Dieser Browser lässt Seiten nicht in die Zwischenablage schreiben. Hier ist er:",
    undoAll: "Alle Einstellungen zurücknehmen",
  },

  stage: {
    picture: "Bild",
    before: "Das Bild, wie es war",
    after: "Das Bild in Farbe",
    view: "Ansicht",
    compare: "Vergleich",
    side: "Nebeneinander",
    hints: "Von Hand färben",
    parts: "Teile zuordnen",
    divide: "Grenze zwischen vorher und nachher",
    share: (percent) => `${percent} % vom Original`,
    hold: "Halten zeigt das Original",
    zoomIn: "Größer",
    zoomOut: "Kleiner",
    zoomFit: "Ganzes Bild",
    zoom: (times) => `${times}-fach`,
  },

  look: {
    filter: "Filter",
    none: "Keiner",
    format: "Format",
    sameFormat: "Wie jede Datei",
  },

  method: {
    label: "Verfahren",
    options: "Optionen dieses Verfahrens",
    paper: "Nach",
    byModel: "wie das Modell sagt",
    byDefault: (value) => `Vorgabe (${value})`,
    on: "An",
    off: "Aus",
    variants: "Varianten",
    variant: (number) => `Variante ${number}`,
    several: "Mehrere Antworten zeigen",
    kinds: {
      alone: "Von selbst",
      references: "Mit einer farbigen Vorlage",
      hand: "Von Hand",
      recolors: "Für farbige Bilder",
    },
    needs: {
      references: "Fügen Sie eine Vorlage hinzu: Von dort nimmt dieses Verfahren seine Farben.",
      hand: "Wählen Sie eine Farbe, und malen Sie auf das Bild: Von dort breitet sie sich aus.",
      recolors: "Wählen Sie, was aus einer Farbe werden soll, oder fügen Sie eine Vorlage hinzu.",
    },
  },

  hints: {
    title: "Farben von Hand",
    layer: "Malfläche",
    keys: "Tippen setzt einen Punkt, Ziehen einen Strich. Mit Tasten: Pfeile bewegen das Kreuz, Eingabe setzt einen Punkt, Leertaste beginnt und beendet einen Strich.",
    lightness: "Nur Ton und Stärke einer Farbe zählen; die Helligkeit bleibt die der Fotografie.",
    drawing: "In einer Strichzeichnung füllt eine Farbe, was zwischen den Linien liegt, so wie sie ist, samt ihrer Helligkeit.",
    color: "Farbe",
    own: "Andere Farbe",
    brush: "Pinsel",
    paint: "Malen",
    erase: "Radieren",
    tool: "Werkzeug",
    clear: "Alle entfernen",
    save: "Speichern",
    load: "Laden",
    loadFailed: "In dieser Datei stehen keine Farbhinweise.",
    count: (points, strokes) => `${points} ${points === 1 ? "Punkt" : "Punkte"}, ${strokes} ${strokes === 1 ? "Strich" : "Striche"}`,
    strokeBegun: "Strich begonnen",
    swatches: {
      fair: "Helle Haut",
      dark: "Dunkle Haut",
      blond: "Blond",
      brown: "Braunes Haar, Erde",
      wood: "Holz",
      brick: "Ziegel",
      red: "Rot",
      rose: "Rosa",
      sand: "Sand",
      grass: "Gras",
      leaf: "Laub",
      sea: "Meer",
      sky: "Himmel",
      navy: "Marineblau",
      violet: "Violett",
      gray: "Keine Farbe",
    },
  },

  references: {
    title: "Vorlagen",
    text: "Farbige Bilder, deren Farben gewünscht sind. Hier ablegen oder wählen.",
    add: "Vorlage hinzufügen",
    input: "Vorlagen",
    remove: (name) => `${name} entfernen`,
  },

  parts: {
    title: "Teile, die sich gleichen",
    text: "Ziehen Sie ein Rechteck auf dem Bild auf und dann eines auf der Vorlage, deren Farben es bekommen soll.",
    keys: "Mit Tasten: Pfeile bewegen das Rechteck, mit Umschalt ändern sie seine Größe, Eingabe nimmt es.",
    here: "Jetzt auf dem Bild.",
    there: "Jetzt auf einer Vorlage.",
    noReference: "Fügen Sie zuerst eine Vorlage hinzu.",
    onPicture: "Teil des Bildes",
    onReference: (name) => `Teil von ${name}`,
    pair: (number, name) => `${number}: wie in ${name}`,
    remove: (number) => `Paar ${number} entfernen`,
  },

  recolor: {
    title: "Farben des Bildes",
    text: "Was das meiste bedeckt, steht oben. Wählen Sie, was aus einer Farbe werden soll; die Helligkeit bleibt.",
    gray: "Dieses Bild ist grau: Es gibt nichts zu ändern. Färben Sie es mit einem anderen Verfahren, laden Sie es herunter, und öffnen Sie das.",
    unreadable: "Dieser Browser kann die Farben dieser Datei nicht lesen.",
    become: (number, color) => `Was aus Farbe ${number} (${color}) wird`,
    keep: (number) => `Farbe ${number} lassen, wie sie ist`,
  },

  batch: {
    title: "Stapel",
    lead: "Mehrere Fotografien mit denselben Einstellungen, und ein ZIP der Ergebnisse. Es geht weiter, auch wenn Sie diese Seite verlassen; ein Auftrag bleibt einen Tag auf dem Server.",
    files: (count, bytes) => `${count} ${count === 1 ? "Fotografie" : "Fotografien"}, ${bytes}`,
    start: "Alle färben",
    sending: "Wird gesendet",
    add: "Weitere hinzufügen",
    cancel: "Abbrechen",
    fresh: "Neuer Stapel",
    zip: "Alle herunterladen",
    forget: "Auf dem Server vergessen",
    download: (name) => `${name} herunterladen`,
    remove: (name) => `${name} entfernen`,
    progress: "Fortschritt des Stapels",
    state: {
      waiting: "Wartet",
      running: "Farben werden gesucht",
      done: "Fertig",
      failed: "Misslungen",
      cancelled: "Abgebrochen",
    },
    done: (done, all) => `${done} von ${all} fertig`,
    failedSome: (failed) => `${failed} ließen sich nicht färben`,
    settings: "Einstellungen für alle",
    lost: "Der Server hat diesen Stapel vergessen.",
  },

  history: {
    title: "Verlauf",
    lead: "Originale, Ergebnisse in Vorschaugröße und Einstellungen, von diesem Browser allein auf diesem Gerät behalten.",
    size: (count, bytes) => `${count} ${count === 1 ? "Bild" : "Bilder"}, ${bytes}`,
    export: "Als ZIP ausgeben",
    eraseAll: "Alles löschen",
    sure: "Ja, alles löschen",
    empty: "Noch nichts.",
    open: (name) => `${name} öffnen`,
    erase: "Löschen",
    eraseOne: (name) => `${name} löschen`,
    failed: "Dieser Browser lässt die Seite nichts behalten.",
  },

  instructions: {
    title: "Anleitung",
    steps: {
      bring: {
        title: "Eine Fotografie bringen",
        text: "Legen Sie eine Datei im Studio ab, fügen Sie sie ein oder wählen Sie sie. Scans mit 600 dpi und mehr sind willkommen: Farbe wird auf einer kleinen Kopie gefunden und in voller Größe über Ihre gelegt, auch bei 16 Bit.",
        alt: "Eine graue Fotografie eines Mannes hinter einer Kamera auf einem Stativ",
      },
      compare: {
        title: "Vergleichen",
        text: "Ziehen Sie die Linie, oder bewegen Sie sie mit den Pfeiltasten (Umschalt für größere Schritte, Pos1 und Ende für die Ränder). Halten Sie die Taste unter dem Bild, um das Original zu sehen; + und − vergrößern und verkleinern, 0 zeigt das Ganze.",
        alt: "Dieselbe Fotografie, von einer Linie geteilt: links grau, rechts in Farbe",
      },
      adjust: {
        title: "Anpassen",
        text: "Wählen Sie einen Filter und seine Stärke; Sättigung, Temperatur, Tönung und Kontrast wirken davor. Nichts davon lässt das Netz noch einmal laufen, darum antwortet es sofort. Ein anderes Verfahren oder seine Optionen tun es.",
        alt: "Eine Tasse Kaffee sechsmal: ohne Filter, kräftig, verblasst, Zweifarbenfilm, Autochromplatte und Cyanotypie",
      },
      hand: {
        title: "Von Hand färben",
        text: "Sie wissen, dass der Mantel grün war? Wählen Sie „Von Hand färben“, nehmen Sie die Farbe und berühren Sie den Mantel: Punkte und Striche sagen dem Netz, was es nicht wissen kann, und es verteilt sie bis an die Kanten. Rückgängig, Wiederholen, Speichern und Laden nach Belieben.",
        alt: "Eine Tasse Kaffee mit blauen Punkten auf der Untertasse",
      },
      choose: {
        title: "Einen anderen Weg wählen",
        text: "Die Liste der Verfahren kennt andere Wege zur Farbe. Mit einer Vorlage nimmt ein Bild seine Farben von einem farbigen: Legen Sie eine oder mehrere daneben ab, und wählen Sie Teile, die sich gleichen. „Striche“ breitet aus, was Sie malen, und füllt Strichzeichnungen. „Palette“ ändert die Farben eines Bildes, das welche hat. Die Zeile unter dem Bild sagt, worauf ein Verfahren wartet.",
        alt: "Links die Strichzeichnung eines Hauses mit einigen Strichen und Punkten von Farbe, rechts dieselbe Zeichnung, ganz gefüllt",
      },
      take: {
        title: "Mitnehmen",
        text: "Herunterladen gibt Format und Auflösung Ihrer Datei, mit ihren Metadaten und dem Vermerk, dass Software die Farben hinzugefügt hat. Die Collage zeigt vorher und nachher nebeneinander.",
        alt: "Eine Collage: links die graue Fotografie, rechts die farbige",
      },
    },
    more: {
      title: "Mehr als eine",
      text: "Ganze Alben gehen durch die Seite Stapel: einmal einstellen, Fortschritt für jede Datei, ein ZIP. Was Sie im Studio gefärbt haben, wartet im Verlauf, nur auf Ihrem Gerät.",
    },
    troubleTitle: "Wenn etwas im Weg ist",
    troubles: [
      ["„… wird nicht gelesen“", "HEIC, Rohdaten von Kameras und PDF werden nicht gelesen. Geben Sie zuerst JPEG, PNG oder TIFF aus."],
      [
        "„… mehr Pixel, als erlaubt sind“",
        "Der Server hat Grenzen, damit nicht ein Bild allen Speicher nimmt. Verkleinern Sie das Bild, oder nehmen Sie autochrome colorize in einem Terminal.",
      ],
      [
        "Alles bleibt grau",
        "Das Verfahren Grau fügt keine Farbe hinzu. Ein Verfahren, das seine Farben von einer Vorlage oder von Hand bekommt, wartet darauf; die Zeile unter dem Bild sagt es.",
      ],
      ["„Der Server antwortet nicht“", "Die Seite geht ohne das Programm, das Färben nicht. Starten Sie autochrome serve noch einmal."],
    ],
    terminalTitle: "Aus einem Terminal",
    terminal:
      "Alles hier geht durch die HTTP-Schnittstelle desselben Programms. „Als curl kopieren“ im Studio gibt den Befehl für das, was Sie sehen. Für ganze Ordner gibt es:",
  },

  about: {
    title: "Über",
    colours: {
      title: "Was die Farben bedeuten",
      text: [
        "Sie sind wahrscheinlich, nicht wahr. Eine graue Fotografie enthält die Farbe eines Kleides nicht, und kein Programm kann sie zurückholen. Das Netz antwortet damit, wie solche Dinge oft aussehen: Himmel, Haut, Gras und Holz gelingen gut, Uniformen, Autos und Anstriche sind geraten.",
        "Nehmen Sie sie nicht als Beleg dafür, wie etwas aussah. Jedes Ergebnis sagt in seinen Metadaten, dass Software die Farben hinzugefügt hat.",
      ],
    },
    stays: {
      title: "Was bleibt, wie es war",
      text: [
        "Ohne Filter ist die Helligkeit jedes Pixels die Ihrer Datei, bis auf Rundung. Farbe ist das Einzige, was hinzukommt. Auflösung, 16 Bit, Ausrichtung, Durchsichtigkeit und Metadaten bleiben.",
      ],
    },
    paper: {
      title: "Der Aufsatz",
      before: "Autochrome setzt ",
      after: " von Pandey und Rana um, samt den Verfahren, mit denen es dort verglichen wird.",
    },
    origin: {
      title: "Der Name",
      text: [
        "1907 verkauften die Brüder Lumière die ersten brauchbaren Farbplatten: Glas, bedeckt mit Körnern von Kartoffelstärke, orange, grün und violett gefärbt. Sie nannten sie Autochrome. Der Filter „Autochromplatte“ erinnert an sie, und die drei Farben dieser Seite auch.",
      ],
    },
    licences: {
      title: "Lizenzen",
      text: [
        "Autochrome ist freie Software unter MIT oder Apache-2.0, nach Ihrer Wahl. Die Beispiele sind CC0: Fotografien von Lav Varshney, Stefan van der Walt und Rachel Michetti. Überschriften stehen in Newsreader von Production Type, unter der SIL Open Font License.",
      ],
    },
  },

  controls: {
    amount: "Stärke",
    saturation: "Sättigung",
    temperature: "Temperatur",
    tint: "Tönung",
    contrast: "Kontrast",
  },
  filters: {
    vivid: { name: "Kräftig", summary: "Stärkere Farben und etwas mehr Kontrast" },
    natural: { name: "Natürlich", summary: "Zähmt die lautesten Farben und lässt leise in Ruhe" },
    muted: { name: "Gedämpft", summary: "Halbe Farbe, weicherer Kontrast" },
    warm: { name: "Warm", summary: "Licht am späten Nachmittag" },
    cool: { name: "Kühl", summary: "Licht unter bedecktem Himmel" },
    vintage: { name: "Verblasst", summary: "Ein alter Abzug: gehobenes Schwarz, vergilbtes Weiß" },
    sepia: { name: "Sepia", summary: "Braune Tonung des neunzehnten Jahrhunderts" },
    technicolor: { name: "Technicolor", summary: "Zweifarbenfilm der 1920er: nur Rot und Blaugrün" },
    autochrome: { name: "Autochromplatte", summary: "Gefärbte Stärkekörner von 1907, weich und dunkel" },
    cyanotype: { name: "Cyanotypie", summary: "Blaupause: Preußischblau auf weißem Papier" },
    "black-and-white": { name: "Schwarz-weiß", summary: "Gar keine Farbe" },
  },
  methods: {
    neural: { name: "Neuronales Netz", summary: "Ein trainiertes Netz findet alle Farben von selbst" },
    deep: {
      name: "Tief (Vorlage)",
      summary: "Findet, was auch eine Vorlage zeigt, durch die Augen eines Netzes, und gibt ihm deren Farben als Hinweise",
    },
    collection: {
      name: "Sammlung (Vorlagen)",
      summary: "Findet unter vielen Vorlagen die, die dasselbe zeigen, und bietet das Bild in den Farben jeder von ihnen an",
    },
    superpixel: {
      name: "Superpixel (Vorlage)",
      summary: "Vergleicht kleine Flächen nach Textur, Form und Helligkeit, lässt Nachbarn abstimmen und breitet ihre Farben aus",
    },
    irony: {
      name: "Irony (Vorlage)",
      summary: "Findet die Klasse jedes Pixels an seiner Textur, lässt Nachbarn abstimmen und breitet sichere Farben aus",
    },
    intrinsic: {
      name: "Intrinsisch (Vorlagen)",
      summary: "Trennt die Farbe der Dinge vom Licht und nimmt sie aus mehreren Vorlagen derselben Szene",
    },
    welsh: {
      name: "Welsh (Vorlage)",
      summary: "Nimmt Farben von ähnlich hellen und ähnlich rauen Pixeln einer Vorlage; zugeordnete Teile sagen, was zusammengehört",
    },
    scribble: {
      name: "Striche",
      summary: "Breitet Striche von Farbe über alles aus, was um sie herum gleich aussieht; füllt auch Strichzeichnungen",
    },
    palette: { name: "Palette", summary: "Ändert die Farben, die ein Bild hat: einzelne seiner Palette oder alle nach einer Vorlage" },
    gray: { name: "Grau", summary: "Fügt keine Farbe hinzu: die Nulllinie für Vergleiche" },
  },
  settings: {
    neural: {
      flip: { name: "Mit dem Spiegelbild mitteln", summary: "Mittelt mit der Antwort für das Spiegelbild; braucht doppelt so lang" },
      size: {
        name: "Arbeitsgröße",
        summary: "In Pixeln, das geometrische Mittel beider Seiten: groß sieht Einzelheiten, klein sieht das Ganze",
      },
      temperature: {
        name: "Vorsicht",
        summary:
          "Wie unter wahrscheinlichen Farben gewählt wird: niedriger ist kräftiger, 1 ist ihr Mittel; nur bei Netzen mit Farbklassen",
      },
    },
    deep: {
      points: { name: "Höchstzahl der Hinweise", summary: "An so vielen Stellen werden höchstens Farben der Vorlagen genommen" },
      trust: { name: "Vertrauen", summary: "Welche Entsprechungen geglaubt werden: 1 alle, 0 keine" },
    },
    collection: {
      answers: { name: "Zahl der Antworten", summary: "Die erste nimmt die besten Vorlagen zusammen, jede weitere eine einzelne" },
    },
    superpixel: {
      area: { name: "Größe eines Superpixels", summary: "In Pixeln" },
      size: { name: "Arbeitsgröße", summary: "Längere Seite in Pixeln, bei der verglichen wird" },
    },
    irony: {
      classes: { name: "Farbklassen", summary: "In so viele Teile ähnlicher Farbe werden die Vorlagen geteilt" },
      size: { name: "Arbeitsgröße", summary: "Längere Seite in Pixeln, bei der Texturen verglichen werden" },
    },
    intrinsic: {
      place: { name: "Gewicht des Ortes", summary: "Wie viel der Ort im Bild zählt: 0 für Vorlagen aus anderer Sicht, 3 für dieselbe" },
      size: { name: "Arbeitsgröße", summary: "Längere Seite in Pixeln, bei der verglichen wird" },
    },
    welsh: {
      samples: {
        name: "Zahl der Proben",
        summary: "An so vielen Stellen jeder Vorlage oder jedes zugeordneten Teils werden Farben genommen",
      },
      size: { name: "Arbeitsgröße", summary: "Längere Seite in Pixeln, bei der Pixel verglichen werden" },
    },
    scribble: {
      gap: {
        name: "Lücken einer Zeichnung",
        summary: "Bis zu dieser Breite halten Lücken in Linien die Farbe zurück, als Anteil der längeren Seite",
      },
      megapixels: {
        name: "Arbeitsgröße",
        summary: "In Millionen Pixeln; größere Bilder werden dafür verkleinert und ihre Farben an Kanten entlang gestreckt",
      },
      sketch: {
        name: "Das ist eine Strichzeichnung",
        summary: "Füllt die Flächen zwischen dunklen Linien auf hellem Papier und nimmt auch die Helligkeit der Farben",
      },
    },
    palette: {
      entries: { name: "Farben der Palette", summary: "Aus so vielen Farben besteht die Palette des Bildes" },
      strength: { name: "Stärke der Änderung", summary: "0 lässt das Bild, wie es ist, 1 ändert alles" },
    },
  },
  problems: {
    "no-colours": "Dieses Bild ist grau: Es gibt nichts zu ändern.",
    "guidance-unfit": "Ein Hinweis oder eine Vorlage passt nicht: Vorlagen müssen farbig sein, und Striche müssen auf dem Bild liegen.",
    "queue-full": "Alle Plätze sind besetzt. Versuchen Sie es gleich noch einmal.",
    stopping: "Der Server wird gerade beendet.",
    "no-key": "Dieser Server verlangt einen Schlüssel.",
    "unknown-key": "Diesen Schlüssel kennt der Server nicht.",
    "too-many-bytes": "Die Datei ist größer, als der Server annimmt.",
    "too-many-files": "Das sind mehr Dateien, als der Server auf einmal annimmt.",
    "too-many-pixels":
      "Das Bild hat mehr Pixel, als erlaubt sind. Verkleinern Sie es, oder nehmen Sie autochrome colorize in einem Terminal.",
    "side-too-long": "Eine Seite des Bildes ist länger, als der Server annimmt.",
    "not-a-picture": "Das ist kein Bild, das gelesen werden kann.",
    "unsupported-format": "Dieses Format wird nicht gelesen. Geben Sie zuerst JPEG, PNG oder TIFF aus.",
    "unsupported-feature": "Diese Spielart des Formats wird nicht gelesen. Geben Sie zuerst JPEG, PNG oder TIFF aus.",
    "truncated-file": "Die Datei bricht mittendrin ab.",
    "corrupt-file": "Die Datei ist beschädigt.",
    "option-out-of-range": "Eine Option des Verfahrens liegt außerhalb ihres Bereichs.",
    "too-many-requests": "Das waren zu viele Anfragen. Versuchen Sie es gleich noch einmal.",
    "too-many-at-once": "Zu viele Anfragen auf einmal. Versuchen Sie es gleich noch einmal.",
    defect: "Diese Anfrage traf auf einen Fehler von Autochrome; bitte melden Sie ihn.",
  },
  unreachable: "Der Server antwortet nicht. Läuft autochrome serve noch?",
};
