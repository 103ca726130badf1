"""Texts of made-up mails on which the wording lists may be tuned; names, dates and sums vary.

`$name`, `$day`, `$number`, `$sum`, `$place`, `$thing` are filled in. A label says what the mail
is;
an empty one that nobody can tell without knowing the company.
"""

from tests.mails.text import Text

TEXTS = (
    Text("en", "service", "Your booking $number is confirmed", """
Dear $name,

Thank you for booking with us. Your booking is confirmed.

Booking number: $number
Pick-up: $place, $day at 10:00
Car: $thing or similar

Please bring your driving licence and a credit card. You can change or cancel online until the day
before.

See you soon,
Your team
"""),
    Text("en", "service", "Reservation confirmation $number", """
Hello $name,

We look forward to welcoming you to $place on $day.

Confirmation number: $number
Room: one king bed
Check-in time: from 15:00
Rate: $sum per night, breakfast included

If your plans change, please call us before 18:00 on the day of arrival.
"""),
    Text("en", "receipt", "Your receipt for $day", """
Hi $name,

Thank you for your payment. Here is your receipt.

Rental $number
3 days $thing
Amount paid: $sum
Payment method: Visa ending 1234

Keep this for your records. Questions about the charge? Reply to this mail.
"""),
    Text("en", "receipt", "Invoice $number from $place", """
Dear $name,

Please find attached the invoice for your stay at $place.

Invoice number: $number
Amount due: $sum
Due date: $day

Kind regards,
Accounts
"""),
    Text("en", "service", "Reset your password", """
Hello $name,

We received a request to reset your password. Choose a new password with this link within an hour:

https://example.com/reset/$number

If you did not ask for this, you can ignore this mail.
"""),
    Text("en", "service", "Your flight on $day is delayed", """
Dear $name,

We are sorry. Your flight from $place on $day is delayed by about two hours. The new departure time
is 14:35. Your gate will be shown in the app.

You do not need to do anything. Booking reference: $number
"""),
    Text("en", "promotional", "Winter deals are here, $name", """
Cold outside? Go somewhere warm.

Save up to 40 % on stays in $place when you book before $day. Exclusive offers for a limited time.

Book now: https://example.com/deals

You get this mail because you are on our list. Unsubscribe.
""", lists=True),
    Text("en", "promotional", "$name, 20% off just for you", """
Hi $name,

we have not seen you for a while. Come back and take 20% off your next rental with the code
BACK$number.

Book your next car before $day.
"""),
    Text("en", "survey", "How was your stay at $place?", """
Dear $name,

Thank you for staying with us from $day. We would love to hear how it went.

Rate your stay in one minute: https://example.com/s/$number

Your feedback helps us to become better.
"""),
    Text("en", "survey", "How did we do, $name?", """
Hello $name,

you picked up a $thing from us on $day. How likely are you to recommend us to a friend?

0 1 2 3 4 5 6 7 8 9 10

It takes ten seconds.
"""),
    Text("en", "mixed", "Good morning $name!", """
Good morning $name,

We hope you enjoyed your rental at $place and that the $thing was just right for you.

How was your trip? Tell us about your experience in two clicks.

And because you are worth it: join our loyalty club today and get 10 % off your next rental.

Happy driving!
"""),
    Text("en", "mixed", "Thank you for travelling with us, $name", """
Dear $name,

it was a pleasure to have you on board on $day. We hope you had a wonderful flight.

Please rate your crew: https://example.com/r/$number

Become a member now and earn 500 points with your next booking.
"""),
    Text("en", "", "The keys", """
Hi $name,

I left them with Tom at the front desk in $place, he is there until six on $day.

Best,
Carla
"""),
    Text("en", "", "Re: your question", """
Hello $name,

the answer is yes, and you can park behind the house. Just tell the porter my name.

Regards,
Ines
"""),
    Text("de", "service", "Ihre Buchung $number ist bestätigt", """
Guten Tag $name,

vielen Dank für Ihre Buchung. Hiermit bestätigen wir Ihnen:

Buchungsnummer: $number
Abholung: $place, $day, 10:00 Uhr
Fahrzeug: $thing oder ähnlich

Bitte bringen Sie Führerschein und Kreditkarte mit.

Mit freundlichen Grüßen
Ihr Team
"""),
    Text("de", "receipt", "Ihre Rechnung Nr. $number", """
Sehr geehrte Frau $name,

anbei erhalten Sie die Rechnung zu Ihrem Aufenthalt in $place.

Rechnungsnummer: $number
Rechnungsbetrag: $sum
Fällig am $day

Mit freundlichen Grüßen
Buchhaltung
"""),
    Text("de", "service", "Passwort zurücksetzen", """
Hallo $name,

Sie haben angefordert, Ihr Passwort zurückzusetzen. Mit diesem Link wählen Sie ein neues Passwort:

https://example.com/p/$number

Der Link gilt eine Stunde.
"""),
    Text("de", "promotional", "Nur für kurze Zeit: 25 % Rabatt in $place", """
Hallo $name,

jetzt sparen: bis zum $day gibt es 25 % Rabatt auf alle Zimmer in $place.

Jetzt buchen und Frühbucherrabatt sichern!

Abmelden
""", lists=True),
    Text("de", "survey", "Wie war Ihr Aufenthalt in $place?", """
Liebe Frau $name,

danke, dass Sie unser Gast waren. Wie zufrieden waren Sie mit uns?

Zur kurzen Umfrage: https://example.com/u/$number

Ihre Meinung hilft uns sehr.
"""),
    Text("de", "mixed", "Guten Morgen, $name!", """
Guten Morgen $name,

wir hoffen, Sie hatten eine gute Fahrt mit dem $thing. Wie hat es Ihnen gefallen? Bewerten Sie uns
mit einem Klick.

Und werden Sie Mitglied in unserem Club: Auf Ihre nächste Miete gibt es 10 % Rabatt.

Gute Fahrt!
"""),
    Text("es", "service", "Confirmación de reserva $number", """
Hola $name:

Gracias por reservar con nosotros. Su reserva está confirmada.

Número de reserva: $number
Recogida: $place, $day, 10:00
Coche: $thing o similar

Traiga su permiso de conducir y una tarjeta de crédito.
"""),
    Text("es", "receipt", "Su factura $number", """
Estimada $name:

Adjuntamos la factura de su estancia en $place.

Número de factura: $number
Importe total: $sum
Fecha: $day

Un saludo,
Administración
"""),
    Text("es", "promotional", "$name, ofertas especiales en $place", """
Hola $name:

Reserva ahora y ahorra hasta un 30 % en $place. Oferta limitada hasta el $day.

Aprovecha antes de que se acabe.
""", lists=True),
    Text("es", "survey", "¿Qué tal fue tu viaje a $place?", """
Hola $name:

Esperamos que hayas disfrutado del viaje del $day. Nos gustaría conocer tu opinión.

Rellena la encuesta: https://example.com/e/$number
"""),
    Text("es", "mixed", "¡Buenos días, $name!", """
Buenos días, $name:

Esperamos que te haya gustado el $thing. Valora tu alquiler en un minuto.

Y únete a nuestro club: un 10 % de descuento en tu próximo alquiler.
"""),
)  # fmt: skip
