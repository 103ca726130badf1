"""Short forms of given names; a short form may stand for several names.

English ones, and a few of the languages beside it. A form that is not here is compared by its
letters alone.
"""

from collections.abc import Mapping

_FORMS = """
aaron: ron
abigail: abby gail abbie
adam: ad
albert: al bert bertie
alexander: alex al alec sandy sasha xander lex alessandro aleksander alexandre
alexandra: alex sandra lexi sandy sasha alessandra
alfred: alf fred alfie
alison: ali allie
amanda: mandy
andrea: andie
andrew: andy drew andre andreas andrei
angela: angie
ann: annie anne anna nan nancy
anthony: tony antonio anton
arthur: art
barbara: barb babs barbie
benjamin: ben benny benji
bernard: bernie
beverley: bev
bradley: brad
bridget: biddy bridie
cameron: cam
caroline: carol carrie caro carolyn
catherine: cathy kate katie cath kitty cat kathy kathryn katherine katharine kay kit trina
catherine: catalina katarina
charles: charlie chuck chas carlos karl carl
charlotte: charlie lottie
christina: chris chrissie tina christine kirsten christy kristina
christopher: chris kit topher christoph kris
cynthia: cindy
daniel: dan danny
daniela: dani
david: dave davy
deborah: deb debbie debra
dennis: den denny
diana: di diane
donald: don donnie
dorothy: dot dottie dolly
douglas: doug
edward: ed eddie ted ned teddy eduardo
edwin: ed eddie
eleanor: ellie nell nora elinor ella
elizabeth: liz beth betty eliza lizzie libby bess elsie lisa betsy lisbeth elisabeth isabel elise
emily: em emmy
emma: em
eugene: gene
florence: flo florrie
frances: fran frankie francesca
francis: frank frankie francesco franz francisco
frederick: fred freddie rick fritz federico
gabriel: gabe
gabrielle: gabby
george: georgie jorge georg
georgina: gina georgie
gerald: gerry jerry
gillian: gill jill
gordon: gord
grace: gracie
gregory: greg
harold: harry hal
harriet: hattie
helen: nell ellen elena helena lena
henry: harry hank hal enrique heinrich
isabella: izzy bella isabel
jacob: jake
jacqueline: jackie
james: jim jimmy jamie jem jaime
janet: jan
jason: jay
jeffrey: jeff geoff geoffrey
jennifer: jen jenny
jeremy: jerry jem
jessica: jess jessie
joan: joanie
joanna: jo joanne
john: jack johnny jon jonny ian juan johann hans giovanni
jonathan: jon jonny jonty
joseph: joe joey jo jose josef giuseppe
josephine: jo josie
joshua: josh
judith: judy
julia: jules julie
kenneth: ken kenny
kimberly: kim
laura: laurie
lawrence: larry laurie lorenzo
leonard: len lenny leo
leslie: les
lillian: lily lil
louis: lou louie luis luigi
louise: lou
lucy: lu lucia
madeleine: maddy maddie
margaret: maggie meg peggy marge greta margie rita daisy margarita margarete
marie: mary maria molly polly mae mia
martin: marty
matthew: matt matty mateo mathias
maureen: mo
maximilian: max
melissa: mel missy
michael: mike mick mickey mikey miguel michel
michelle: shelly
mohammed: mo mohamed muhammad mohammad
nathaniel: nat nate nathan
nicholas: nick nicky nico klaus nicolas
nicola: nicky nikki nicole
norman: norm
oliver: ollie
olivia: liv livvy
oscar: ossie
pamela: pam
patricia: pat tricia patty trish
patrick: pat paddy patricio
paul: pablo paolo
penelope: penny
peter: pete pedro piotr pietro
philip: phil pip phillip felipe
priscilla: cilla
rachel: rach
raymond: ray
rebecca: becky becca
reginald: reg reggie
richard: rick dick rich richie ricky ricardo
robert: bob rob bobby robbie bert roberto
robin: rob
roger: rodge
ronald: ron ronnie
rosemary: rose rosie
samantha: sam
samuel: sam sammy
sarah: sally sadie sara
sebastian: seb bastian
sharon: shaz
simon: si
sophia: sophie
stanley: stan
stephanie: steph
stephen: steve steven stevie stefan esteban
stewart: stu stuart
susan: sue susie suzanne susanna
sylvia: syl
terence: terry
theodore: ted theo teddy
theresa: terry tess tessa teresa
thomas: tom tommy tomas
timothy: tim
valerie: val
veronica: ronnie vera
victor: vic
victoria: vicky tori
vincent: vince
virginia: ginny
walter: walt wally
wendy: wen
wilhelmina: mina
william: bill will billy liam willie guillermo wilhelm
winifred: winnie
zachary: zach zack
zoe: zo
"""


def _table() -> Mapping[str, tuple[str, ...]]:
    roots: dict[str, set[str]] = {}
    for line in _FORMS.strip().splitlines():
        full, _, short = line.partition(": ")
        for form in (full, *short.split()):
            roots.setdefault(form, {form}).add(full)
    return {form: tuple(sorted(found)) for form, found in roots.items()}


_ROOTS = _table()


def roots_of(given: str) -> tuple[str, ...]:
    """Give every name that a given name may stand for, itself among them; none for none."""
    if not given:
        return ()
    return _ROOTS.get(given, (given,))


def is_known(given: str) -> bool:
    """Whether this is a name, as far as the table knows, and no slip of another."""
    return given in _ROOTS
