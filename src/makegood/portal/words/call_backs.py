"""What the customer's page says of a call that we owe, and asks about it, in each language."""

EN = {
    "back.by_day": "{owner} calls you on {day} by {clock}.",
    "back.later": (
        "Our call comes later than we said, and that is our fault. {owner} or a colleague "
        "calls you on {day} by {clock}."
    ),
    "back.wished": "You asked not to be called before {day}, {clock}. Whoever calls you knows it.",
    "back.title": "About our call",
    "back.lead": "We owe you this call. It comes when it suits you.",
    "back.number_known": "Whoever calls has the number that you named.",
    "back.from": "Not before (by the clock of {zone})",
    "back.number": "On another number",
    "back.button": "Keep this",
    "back.none": "No call needed",
    "back.sent": "Thank you. Whoever calls you knows it.",
    "back.bad_time": "Please name a time from now on, within 30 days.",
    "back.bad_number": "Please write a telephone number, with digits and a plus alone.",
    "back.nothing": "Please name a time or a number.",
    "rate.changed": "What we changed:",
}
DE = {
    "back.by_day": "{owner} ruft Sie am {day} bis {clock} Uhr an.",
    "back.later": (
        "Unser Anruf kommt später, als wir gesagt haben, und das ist unser Fehler. {owner} oder "
        "jemand aus dem Team ruft Sie am {day} bis {clock} Uhr an."
    ),
    "back.wished": (
        "Sie möchten nicht vor {day}, {clock} Uhr angerufen werden. Wer Sie anruft, weiß es."
    ),
    "back.title": "Zu unserem Anruf",
    "back.lead": "Diesen Anruf schulden wir Ihnen. Er kommt, wann es Ihnen passt.",
    "back.number_known": "Wer Sie anruft, hat die Nummer, die Sie genannt haben.",
    "back.from": "Nicht vor (nach der Uhr von {zone})",
    "back.number": "Unter einer anderen Nummer",
    "back.button": "So festhalten",
    "back.none": "Kein Anruf nötig",
    "back.sent": "Danke. Wer Sie anruft, weiß es.",
    "back.bad_time": "Bitte nennen Sie eine Zeit ab jetzt, innerhalb von 30 Tagen.",
    "back.bad_number": "Bitte schreiben Sie eine Telefonnummer, nur mit Ziffern und Pluszeichen.",
    "back.nothing": "Bitte nennen Sie eine Zeit oder eine Nummer.",
    "rate.changed": "Was wir geändert haben:",
}
ES = {
    "back.by_day": "{owner} le llama el {day} antes de las {clock}.",
    "back.later": (
        "Nuestra llamada llega más tarde de lo que dijimos, y es culpa nuestra. {owner} u otra "
        "persona del equipo le llama el {day} antes de las {clock}."
    ),
    "back.wished": ("Pidió que no le llamemos antes del {day}, {clock}. Quien le llama lo sabe."),
    "back.title": "Sobre nuestra llamada",
    "back.lead": "Le debemos esta llamada. Llega cuando a usted le venga bien.",
    "back.number_known": "Quien le llama tiene el número que usted indicó.",
    "back.from": "No antes de (según el reloj de {zone})",
    "back.number": "A otro número",
    "back.button": "Guardar",
    "back.none": "No hace falta que llamen",
    "back.sent": "Gracias. Quien le llama lo sabe.",
    "back.bad_time": "Indique una hora a partir de ahora, dentro de 30 días.",
    "back.bad_number": "Escriba un número de teléfono, solo con cifras y el signo más.",
    "back.nothing": "Indique una hora o un número.",
    "rate.changed": "Lo que hemos cambiado:",
}
