"""Texts of made-up mails that look like what they are not; see `texts_seen` for the marks."""

from tests.mails.text import Text

_FOOTER = """
Northwind Cars, 12 Harbour Road. You can reach us every day from seven until ten. This mail was
sent
from an address that nobody reads; please use the form on our page. Company number 123, registered
at the court of the harbour. Managing directors are listed on our page. We keep what you tell us
for
as long as the law asks us to, and you may ask us at any time what we know about you.
"""
TEXTS = (
    Text("en", "service", "Your booking $number is confirmed", """
Dear $name,

your booking is confirmed. Booking number: $number. Pick-up: $place, $day. Please bring your
licence.

Not a member yet? Join our club.
"""),
    Text("en", "receipt", "Receipt for your gift card", """
Hi $name,

thank you for your order. You bought a gift card over $sum. Your receipt is below.

Amount paid: $sum
Payment method: Visa
Order number: $number
"""),
    Text("en", "service", "Your rental starts tomorrow", """
Hi $name,

your rental starts tomorrow at 9 am in $place. Booking number $number. Please bring your licence.
Do not forget to rate-lock your fuel option at the counter.
"""),
    Text("en", "service", "Booking confirmation $number", """
Dear $name,

we confirm your room in $place at the best rate of $sum. Booking number: $number.
""" + _FOOTER),
    Text("en", "survey", "How was your rental?", """
Dear $name,

how did it go in $place? Please rate your rental of $day.
""" + _FOOTER),
    Text("en", "mixed", "Good morning from $place", """
Good morning $name,

we hope you loved your $thing. Join our club and take 10 % off your next rental.
""" + _FOOTER),
    Text("en", "service", "Your complaint $number", """
Dear $name,

thank you for your feedback about $place. We are sorry that nobody was there on $day. Case number:
$number. Your owner is Mara, and she will call you today.
"""),
    Text("en", "receipt", "Your invoice, and how was it?", """
Dear $name,

your invoice for $day is attached. Invoice number $number, total paid $sum, payment method Visa.
"""),
    Text("en", "mixed", "Your points statement", """
Dear $name,

you have 1,200 points. Join our gold tier, book your next stay before $day and earn 500 bonus
points.
Exclusive offers wait for you.
"""),
    Text("de", "service", "Ihre Anfrage $number", """
Guten Tag $name,

wir haben Ihre Anfrage erhalten. Vorgangsnummer: $number. Ihr Feedback wurde an $place gegeben; wir
melden uns bis $day.
"""),
    Text("de", "service", "Abholung morgen in $place", """
Guten Tag $name,

Ihre Abholung ist morgen um 9 Uhr. Buchungsnummer $number. Bitte bringen Sie Ihren Führerschein
mit.
Der Tarif enthält einen Frühbucherrabatt.
"""),
    Text("en", "receipt", "Your receipt from Northwind Cars", """
Dear $name,

thank you for your payment. Order number: $number. Amount paid: $sum. Payment method: Visa. We sent
this to your billing address.
""" + _FOOTER + """
Join our club, earn points on your next rental and hear of special offers first.
"""),
    Text("en", "service", "Your booking confirmation $number", """
Dear $name,

your booking is confirmed. Booking number: $number. Pick up time: 9 am in $place on $day. Please
bring your licence. Your car can be changed until the day before; you find how on our page.

Members save: 10 % off with a promo code, and double points in spring.
"""),
    Text("de", "receipt", "Ihre Rechnung $number", """
Guten Tag $name,

anbei Ihre Rechnung. Rechnungsnummer: $number. Gesamtbetrag: $sum inkl. MwSt, bezahlt mit Visa.

Unser Treueprogramm: Bonuspunkte sammeln und bei Ihrer nächsten Miete einlösen.
"""),
    Text("en", "mixed", "Your receipt, and a treat", """
Hi $name,

total paid: $sum. Now treat yourself: join our club for 20 % off, book your next rental before $day
and earn points. Special offers, early bird prices and a prize draw wait for you!
"""),
    Text("en", "mixed", "Your invoice $number", """
Dear $name,

your invoice is attached. Invoice total paid: $sum, payment method Visa, order number $number. How
was your rental? Join our club for 10 % off on your next one.
"""),
    Text("en", "", "Your receipt $number", """
Dear $name,

total paid: $sum. Enjoy 10 % off and double points.
"""),
    Text("es", "service", "Reserva $number", """
Hola $name:

Su reserva está confirmada. Localizador: $number. Tarifa con descuento de socio: $sum.
"""),
)  # fmt: skip
