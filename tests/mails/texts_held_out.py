"""Texts of made-up mails on which nothing was ever tuned: the figures in the documents are theirs.

Whoever changes a wording list looks at `texts_seen` and never at these. See there for the marks.
"""

from tests.mails.text import Text

TEXTS = (
    Text("en", "service", "You're all set for $place", """
Hi $name,

We have your car ready from $day, 9 am. Show this mail at the counter in $place.

Reservation number: $number
Vehicle class: $thing
Deposit: $sum, held on your card and released after the return.

Need a child seat? Call the branch.
"""),
    Text("en", "service", "Booking reference $number: itinerary", """
Dear $name,

Thank you for choosing us. Your itinerary is below.

Booking reference: $number
$day, $place, departs 07:20
Seat 14C, one bag

Online check-in opens 24 hours before departure. Your boarding pass will be sent to this address.
"""),
    Text("en", "receipt", "Payment received", """
Hello $name,

We have received your payment of $sum on $day for reservation $number. No further payment is due.

Paid with: Mastercard ending 9911
"""),
    Text("en", "receipt", "We have refunded $sum", """
Dear $name,

Your refund for booking $number has been sent to your card. It usually arrives within five working
days. A credit note is attached.
"""),
    Text("en", "service", "$number is your sign-in code", """
$number is your code. It works for ten minutes. Never share it with anybody, not even with us.

Not you? Change your password now.
"""),
    Text("en", "service", "Change to your train on $day", """
Dear $name,

Because of a schedule change your train from $place on $day now leaves at 08:12 instead of 07:58.
Your seats stay the same. If this does not suit you, you can travel on any other train that day.

Order number: $number
"""),
    Text("en", "service", "Your reservation has been cancelled", """
Hello $name,

as you asked, your reservation $number at $place for $day has been cancelled. Nothing will be
charged.
"""),
    Text("en", "service", "We could not find a car for you in $place", """
Dear $name,

We regret to inform you that the $thing you booked for $day is not available. We have moved your
reservation $number to our second branch, two kilometres away; a taxi there is on us.

Call us at any time on 0800 000 000.
"""),
    Text("en", "promotional", "The $place edit: our spring letter", """
Spring is in the air. In this month's letter: five gardens near $place, a recipe from our chef, and
a treat for early birds: stay three nights and pay for two until $day.

See all offers

View in browser | Unsubscribe
""", lists=True),
    Text("en", "promotional", "Last chance, $name", """
Hi $name,

your welcome gift expires on $day: $sum towards your next weekend with us. Shop now, or miss out.

Use the voucher code HELLO$number at checkout.
"""),
    Text("en", "promotional", "A little something for your loyalty", """
Dear $name,

As one of our favourite guests you get double points on every night in $place until $day. Don't
miss it. Members also save 15 % on dinner.
"""),
    Text("en", "survey", "A quick question about your rental", """
Hello $name,

You returned a $thing in $place yesterday. How satisfied were you with the car and with the people
at the counter?

Answer our two-minute survey: https://example.com/q/$number
"""),
    Text("en", "survey", "We value your opinion", """
Dear $name,

Would you recommend $place to friends and family? Please leave us a review; it means a lot to our
small team.
"""),
    Text("en", "mixed", "Hello again, $name", """
Good morning $name,

Yesterday you drove home with one of our cars. We hope you were delighted!

If so, why not stay a little closer? Our Circle members collect points, skip the queue and get $sum
off the next booking. Sign up for our Circle here, it is free.

Have a sunny day,
your friends in $place
"""),
    Text("en", "mixed", "Thanks for staying, $name. Here's 15% back", """
Hi $name,

How did you sleep in $place? Leave a review and we will thank you with a promo code for 15% off
another stay before $day.
"""),
    Text("en", "mixed", "Welcome home", """
Dear $name,

we hope everything on your trip to $place went to plan. Share your experience, good or bad.

PS: become a member this week and your first free night is nearer than you think.
"""),
    Text("en", "", "Lunch on $day", """
Hello $name,

shall we meet at the little place behind the station? I have booked nothing yet. Ring me.

Jo
"""),
    Text("en", "", "About your suitcase", """
Dear $name,

our colleague in $place has found a blue one with your label. We can send it to your hotel or keep
it
until $day. Which do you prefer?

Kind regards,
Mara
"""),
    Text("de", "service", "Reservierungsbestätigung $number", """
Guten Tag Herr $name,

wir freuen uns auf Ihren Besuch in $place am $day. Ihre Reservierung liegt uns vor.

Reservierungsnummer: $number
Zimmer: Doppelzimmer mit Frühstück
Anreise: ab 15 Uhr

Bei Fragen erreichen Sie uns rund um die Uhr.
"""),
    Text("de", "service", "Ihr Zug am $day hat Verspätung", """
Guten Tag,

Ihr Zug ab $place am $day verspätet sich um etwa 45 Minuten. Den Anschluss erreichen Sie
voraussichtlich. Auftrag $number.
"""),
    Text("de", "receipt", "Zahlungsbestätigung", """
Hallo $name,

wir haben Ihre Zahlung über $sum für Auftrag $number erhalten. Einen Beleg finden Sie im Anhang.
"""),
    Text("de", "promotional", "Herbst in $place: unsere schönsten Wochenenden", """
Liebe Gäste,

goldene Tage in $place: zwei Nächte ab $sum, Wellness inklusive. Buchbar bis $day, solange Zimmer
frei sind.

Im Browser ansehen | Abmelden
""", lists=True),
    Text("de", "promotional", "$name, Ihr Gutscheincode läuft ab", """
Hallo $name,

Ihr Gutscheincode $number gilt nur noch bis $day. Jetzt einlösen und $sum sparen!
"""),
    Text("de", "survey", "Ihre Meinung zählt", """
Guten Tag $name,

vor kurzem waren Sie in $place bei uns. Bitte bewerten Sie Ihren Besuch mit einem bis fünf Sternen.
"""),
    Text("de", "mixed", "Schön, dass Sie da waren!", """
Guten Morgen $name,

wir hoffen, Ihr Aufenthalt in $place war rundum gelungen. Erzählen Sie uns davon!

Als Dankeschön: Mit dem Treueprogramm sammeln Sie schon beim nächsten Mal Punkte und sparen 10 %.
"""),
    Text("de", "", "Fundsache", """
Guten Tag,

in Ihrem Zimmer lag noch ein Ladegerät. Sollen wir es Ihnen schicken?

Viele Grüße aus $place
"""),
    Text("es", "service", "Tu reserva en $place", """
Hola $name:

Todo listo. Te esperamos el $day en $place.

Localizador: $number
Habitación doble con desayuno
Entrada a partir de las 15:00

Si cambias de planes, llámanos antes de las 18:00.
"""),
    Text("es", "service", "Restablece tu contraseña", """
Hola $name:

Hemos recibido una petición para cambiar tu contraseña. Usa este enlace antes de una hora:

https://example.com/c/$number
"""),
    Text("es", "service", "Su vuelo del $day sale con retraso", """
Estimado cliente:

Su vuelo desde $place del día $day sale con dos horas de retraso. Disculpe las molestias.

Localizador: $number
"""),
    Text("es", "receipt", "Recibo de pago", """
Hola $name:

Hemos recibido su pago de $sum por la reserva $number. Gracias.
"""),
    Text("es", "promotional", "Escápate a $place", """
Hola $name:

Tres noches al precio de dos en $place hasta el $day. Solo para suscriptores.

Ver en el navegador | Darse de baja
""", lists=True),
    Text("es", "survey", "Tu opinión nos importa", """
Hola $name:

Ayer devolviste un $thing en $place. ¿Nos dedicas un minuto? Puntúa el servicio del 1 al 5.
"""),
    Text("es", "mixed", "¡Gracias por tu visita, $name!", """
Buenos días, $name:

¿Cómo ha sido tu estancia en $place? Cuéntanos. Y hazte socia de nuestro club: te regalamos una
noche
y un 15 % de descuento.
"""),
)  # fmt: skip
