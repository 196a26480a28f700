//! Names of things, English and German, and the classes of a segmentation that they mean.

/// A thing that people name.
#[derive(Debug)]
pub struct Thing {
    /// Its English name.
    pub name: &'static str,
    /// Every name in lower case, separated by commas.
    names: &'static str,
    /// Names of classes, separated by spaces: all of them are meant.
    classes: &'static str,
}

impl Thing {
    /// The names of the classes that are meant.
    pub fn classes(&self) -> impl Iterator<Item = &'static str> {
        self.classes.split(' ')
    }

    /// Every name, in English and German.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(',')
    }
}

impl PartialEq for Thing {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Thing {}

impl std::hash::Hash for Thing {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

const fn thing(name: &'static str, names: &'static str, classes: &'static str) -> Thing {
    Thing { name, names, classes }
}

/// Every thing; the first one that bears a name has it.
static THINGS: &[Thing] = &[
    thing("sky", "sky,skies,cloud,clouds,himmel,wolke,wolken", "sky"),
    thing("grass", "grass,lawn,meadow,field,pasture,gras,rasen,wiese,feld,weide", "grass"),
    thing(
        "tree",
        "tree,trees,foliage,leaves,leaf,bush,bushes,hedge,shrub,plant,plants,forest,wood,woods,baum,bäume,laub,blätter,blatt,busch,büsche,hecke,strauch,pflanze,pflanzen,wald",
        "tree",
    ),
    thing(
        "flower",
        "flower,flowers,blossom,blossoms,petals,rose,roses,tulip,tulips,bouquet,blume,blumen,blüte,blüten,rosen,tulpe,tulpen,strauß",
        "flower",
    ),
    thing(
        "water",
        "water,sea,lake,river,ocean,pond,stream,canal,wasser,meer,see,fluss,teich,bach,kanal",
        "water",
    ),
    thing(
        "mountain",
        "mountain,mountains,rock,rocks,stone,stones,hill,hills,cliff,berg,berge,fels,felsen,stein,steine,hügel",
        "mountain",
    ),
    thing("road", "road,street,pavement,sidewalk,path,ground,straße,strasse,weg,gehweg,pflaster", "road"),
    thing("snow", "snow,schnee", "snow"),
    thing("sand", "sand,beach,dune,dunes,strand,düne,dünen", "sand"),
    thing("floor", "floor,floors,carpet,rug,parquet,boden,fußboden,teppich,parkett", "floor"),
    thing("curtain", "curtain,curtains,drapes,blind,blinds,vorhang,vorhänge,gardine,gardinen", "curtain"),
    thing("roof", "roof,roofs,rooftop,dach,dächer", "roof"),
    thing(
        "wall",
        "wall,walls,building,buildings,house,houses,facade,façade,wand,wände,mauer,gebäude,haus,häuser,fassade",
        "wall",
    ),
    thing(
        "skin",
        "skin,face,faces,arm,arms,leg,legs,hand,hands,haut,gesicht,gesichter,arme,bein,beine,hände",
        "skin",
    ),
    thing("hair", "hair,beard,haar,haare,bart", "hair"),
    thing("lips", "lips,lip,mouth,lippen,mund", "lips"),
    thing("coat", "coat,overcoat,robe,mantel", "top dress skirt"),
    thing(
        "top",
        "top,shirt,blouse,jacket,sweater,jumper,pullover,cardigan,vest,waistcoat,t-shirt,tshirt,hemd,bluse,jacke,pulli,weste,oberteil",
        "top",
    ),
    thing("dress", "dress,gown,frock,kleid,gewand", "dress"),
    thing("skirt", "skirt,rock,röcke", "skirt"),
    thing("trousers", "trousers,pants,jeans,shorts,leggings,slacks,hose,hosen", "trousers"),
    thing("suit", "suit,uniform,overalls,costume,anzug,kostüm", "top trousers skirt"),
    thing("clothes", "clothes,clothing,clothe,outfit,kleidung,kleider", "top dress skirt trousers"),
    thing("hat", "hat,cap,bonnet,helmet,hut,mütze,kappe,helm", "hat"),
    thing("shoes", "shoes,shoe,boots,boot,sandals,schuhe,schuh,stiefel,sandalen", "shoes"),
    thing("bag", "bag,handbag,purse,backpack,suitcase,tasche,handtasche,rucksack,koffer", "bag"),
    thing("tie", "tie,necktie,krawatte,schlips", "tie"),
    thing("scarf", "scarf,shawl,schal,halstuch", "scarf"),
    thing("stockings", "stockings,tights,socks,sock,hosiery,strümpfe,strumpfhose,socken", "hosiery"),
    thing("car", "car,cars,automobile,van,taxi,auto,autos,wagen", "car"),
    thing("bus", "bus,truck,lorry,coach,lastwagen,laster,omnibus", "bus"),
    thing("bicycle", "bicycle,bike,fahrrad,rad", "bicycle"),
    thing("boat", "boat,boats,ship,ships,boot,boote,schiff,schiffe", "boat"),
    thing("train", "train,tram,locomotive,zug,straßenbahn,lokomotive", "train"),
    thing("aeroplane", "aeroplane,airplane,plane,aircraft,flugzeug", "aeroplane"),
    thing("dog", "dog,dogs,hund,hunde", "dog"),
    thing("cat", "cat,cats,kitten,katze,katzen", "cat"),
    thing("horse", "horse,horses,pony,pferd,pferde", "horse"),
    thing("cow", "cow,cows,cattle,bull,kuh,kühe,rind,rinder", "cow"),
    thing("sheep", "sheep,lamb,lambs,schaf,schafe,lamm", "sheep"),
    thing("bird", "bird,birds,parrot,vogel,vögel,papagei", "bird"),
    thing("animal", "animal,animals,tier,tiere", "dog cat horse cow sheep bird animal"),
    thing("chair", "chair,chairs,sofa,couch,armchair,bench,stuhl,stühle,sessel,bank", "chair"),
    thing("table", "table,desk,tisch,schreibtisch", "table"),
    thing("food", "food,fruit,vegetables,meal,cake,essen,obst,gemüse,kuchen", "food"),
];

/// The thing of this name, in lower case.
pub(super) fn thing_of(word: &str) -> Option<&'static Thing> {
    THINGS.iter().find(|thing| thing.names().any(|name| name == word))
}

/// Every English name, for suggestions and lists.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    THINGS.iter().map(|thing| thing.name)
}
