"""Words of which made-up guests are made; a list of its own, not the product's."""

from collections.abc import Mapping

_GIVEN = """
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard
Susan Joseph Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty
Anthony Sandra Mark Margaret Donald Ashley Steven Kimberly Andrew Emily Paul Donna Joshua
Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy Stephanie Ronald
Rebecca Jason Laura Edward Helen Jeffrey Sharon Ryan Cynthia Jacob Kathleen Gary Amy Nicholas
Angela Eric Shirley Jonathan Anna Stephen Brenda Larry Pamela Justin Emma Scott Nicole Brandon
Samantha Benjamin Katherine Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn
Frank Janet Raymond Maria Jack Olivia Dennis Heather Jerry Diane Tyler Julie Aaron Joyce Jose
Victoria Adam Kelly Nathan Christina Henry Joan Zachary Evelyn Douglas Judith Peter Cheryl Kyle
Megan Noah Alice Ethan Jean Jeremy Doris Walter Jacqueline Christian Kathryn Keith Hannah Roger
Frances Terry Gloria Austin Teresa Sean Janice Gerald Sara Carl Priya Harold Mei Dylan Fatima
Arthur Ingrid Lawrence Aisha Jordan Yuki Jesse Leila Bryan Anja Billy Chiara Bruce Zuzana
Gabriel Ximena Joe Oluchi Logan Noor Alan Sofia Juan Clara Albert Ines Willie Greta Elijah
"""
_HEADS = """
Ash Bar Black Brook Car Clay Cor Dal East Fair Gar Hal Hart Hol Ken Lang Mar Mor Nor Oak Pem Red
Row Sher Stan Thorn Wal Wes Whit Wood
"""
_TAILS = """
ton ley ford wood man son field well more by ham stead land er ers ing worth shaw bury den
"""
_COMMON = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards Hughes
Green Hall Lewis Harris Clarke Khan Nguyen Garcia Muller Silva Novak Rossi Okafor Kim Chen Ali
"""
_SHORT = """
James Jim Jimmy Jamie
Robert Bob Rob
Michael Mike Mick
William Bill Will Billy
Richard Dick Rick
Elizabeth Liz Beth
Margaret Peggy Maggie
Katherine Kate Katie
Christopher Chris
Jennifer Jen Jenny
Patricia Pat Trish
Thomas Tom
Joseph Joe
Daniel Dan
Matthew Matt
Anthony Tony
Steven Steve
Andrew Andy Drew
Timothy Tim
Edward Ted Ed
Rebecca Becky
Samantha Sam
Benjamin Ben
Samuel Sam
Alexander Alex Sasha
Nicholas Nick
Deborah Debbie
Susan Sue Suki
Jonathan Jon Jonty
Victoria Vicky Tori
Frances Fran Cissie
Gregory Greg
Jacqueline Jackie
Kenneth Ken
Zachary Zach Zee
Pamela Pam
Judith Judy
Gabriel Gabe
Theresa Terry
Lawrence Larry Loz
"""
GIVEN = tuple(_GIVEN.split())
HEADS = tuple(_HEADS.split())
TAILS = tuple(_TAILS.split())
COMMON = tuple(_COMMON.split())
SHORT: Mapping[str, tuple[str, ...]] = {
    line.split()[0]: tuple(line.split()[1:]) for line in _SHORT.strip().splitlines()
}
ROADS = ("Street", "Road", "Avenue", "Lane", "Close", "Drive")
TOWNS = tuple(
    head + tail
    for head in ("Nor", "Wes", "Bel", "Lang", "Mill", "Har")
    for tail in ("bury", "mouth", "chester", "pool", "bridge", "haven")
)
HOSTS = ("mail.example", "post.example", "web.example", "inbox.example", "firm.example")
