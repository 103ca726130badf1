"""The customer's pages in Spanish."""

WORDS = {
    "language": "Español",
    "home": "Su página",
    "we": "Nosotros",
    "heading.unclear": "Estamos mirando qué ha pasado",
    "heading.plain": "Le hemos fallado",
    "heading.again": "Otra vez",
    "heading.twice": "Dos veces",
    "heading.good": "Está bien de nuevo",
    "heading.closed": "Esto está cerrado",
    "happened.one": "Ocurrió {first}.",
    "happened.more": "Ocurrió {first}, y de nuevo {rest}.",
    "happened.today": "a las {clock}",
    "happened.day": "el {day} a las {clock}",
    "happened.named": "{when} ({named})",
    "happened.then": " y ",
    "sorry": "Es culpa nuestra y lo sentimos.",
    "sorry.partner": "Usted reservó con nosotros, así que nos toca arreglarlo. Lo sentimos.",
    "explained": "Nadie aquí podía evitarlo. Aun así nos ocupamos de usted.",
    "unclear.lead": "Algo no fue como debía. Una persona está leyendo ahora lo que pasó.",
    "good.lead": "Gracias por decírnoslo. Nos alegra, y hemos aprendido.",
    "closed.lead": "Ya nadie trabaja en esto. Si no está bien, díganoslo, por favor.",
    "done.title": "Ya está hecho",
    "done.paid": "Ya tiene de vuelta {money}.",
    "done.paying": "Le devolvemos {money}; ya está en camino. No tiene que hacer nada.",
    "done.gift": "{title}.",
    "done.gift_coming": "{title}: en camino.",
    "done.chosen": "Usted eligió: {title}. Está en camino.",
    "done.chosen_soon": "Usted eligió: {title}. Está en camino y llega en unos {minutes} min.",
    "done.kept": "Usted eligió: {title}. Está hecho.",
    "done.broken": "Usted eligió: {title}. No lo cumplimos. {owner} le llama.",
    "done.call": "{owner} le llama antes de las {clock}.",
    "done.call_late": (
        "La llamada que le prometimos se retrasa, y es culpa nuestra. Aquí todos lo ven ahora, "
        "y {owner} u otra persona del equipo le llama."
    ),
    "choice.title": "¿Cómo lo arreglamos?",
    "choice.pays": "Pagamos nosotros.",
    "choice.soon": "Llega en unos {minutes} min.",
    "choice.until": "Confirmado hasta las {clock}.",
    "choice.confirmed": "Confirmado.",
    "choice.calls": "{owner} le llama al número que tenemos.",
    "choice.declines": "Entonces ya no usa la reserva.",
    "choice.button": "Elijo esto",
    "choice.gone": "Ya no es posible: {titles}.",
    "asking.lead": "Estamos preguntando qué podemos hacer por usted. Tarda unos minutos.",
    "asking.again": "Mirar de nuevo",
    "question.title": "¿Está bien de nuevo?",
    "question.lead": "Solo cuenta su palabra. {owner} lee la respuesta.",
    "question.yes": "Sí, está bien de nuevo",
    "question.no": "Todavía no",
    "question.early": "Ya está bien de nuevo",
    "owner.title": "{owner} se ocupa de esto",
    "owner.lead": "{owner} sigue con ello hasta que usted diga que está bien de nuevo.",
    "owner.none": "Estamos buscando a una persona para usted",
    "owner.none_lead": "Quien sea, sigue con ello hasta que usted diga que está bien de nuevo.",
    "owner.someone": "Alguien de nosotros",
    "write.open": "Escribir a {owner}",
    "write.label": "Su mensaje",
    "write.button": "Enviar",
    "write.sent": "Su mensaje ha llegado.",
    "call.button": "Llámenme, por favor",
    "call.text": "Llámenme, por favor.",
    "call.sent": "Le llamamos.",
    "marketing.held": (
        "Hemos parado todas las ofertas y boletines para usted. Solo vuelven cuando usted diga "
        "que esto está arreglado."
    ),
    "marketing.until": "Las ofertas y boletines siguen parados hasta el {day}.",
    "marketing.free": "Las ofertas y boletines pueden llegarle de nuevo.",
    "marketing.none": "No recibe ofertas ni boletines nuestros, como usted deseaba.",
    "leave.link": "No quiero ninguna oferta más",
    "tell.link": "¿Ha ido mal algo más?",
    "refused.offer_gone": "Esto ya no es posible. Elija otra cosa, por favor.",
    "refused.already_chosen": "Ya eligió esto; está en camino.",
    "refused.case_closed": "Esto ya está cerrado. Si algo va mal, díganoslo, por favor.",
    "refused.other": "No ha funcionado. Inténtelo otra vez, o llámenos.",
    "refused.choose_one": "Primero elija una opción, por favor.",
    "refused.empty": "Primero escriba algo, por favor.",
    "expired.title": "Este enlace es demasiado antiguo",
    "expired.lead": "Los enlaces caducan para que nadie más pueda usarlos.",
    "expired.do": "Responda a nuestro último mensaje y recibirá otro. O cuéntenoslo de nuevo:",
    "forged.title": "Este enlace no funciona",
    "forged.lead": "Quizá falta una parte. Ábralo otra vez desde nuestro mensaje, por favor.",
    "unsubscribe.title": "¿No más ofertas?",
    "unsubscribe.lead": (
        "Los mensajes sobre reservas, dinero y seguridad, y sobre cómo arreglamos lo que salió "
        "mal, le siguen llegando."
    ),
    "unsubscribe.one": "No más ofertas de {brand} por {channel}",
    "unsubscribe.brand": "Ninguna oferta más de {brand}",
    "unsubscribe.all": "No más ofertas de ninguna de nuestras marcas",
    "unsubscribe.done": "Hecho. Ya no recibirá más.",
    "unsubscribe.undo": "Fue un error: envíenlas de nuevo",
    "unsubscribe.undone": "Recibe ofertas de nuevo.",
    "unsubscribe.too_late": (
        "Solo se puede deshacer durante una hora, en la página en la que canceló. "
        "Escríbanos si quiere volver a recibir ofertas."
    ),
    "channel.mail": "correo electrónico",
    "channel.sms": "SMS",
    "channel.*": "cualquier canal",
    "friend.title": "Alguien le ha pasado esto",
    "friend.lead": (
        "Alguien tuvo un mal día con {brand}, y acabó bien. Por eso tiene usted este enlace: "
        "recibe lo mismo."
    ),
    "friend.name": "Su nombre",
    "friend.email": "Su correo electrónico",
    "friend.button": "Me gustaría",
    "friend.small": "Usamos la dirección solo para esto. Nada más ocurre sin usted.",
    "friend.done": "Gracias. {brand} se pondrá en contacto con usted.",
    "tell.title": "Cuéntenos qué fue mal",
    "tell.lead": "Una persona de {brand} lo lee y sigue con ello hasta que esté bien de nuevo.",
    "tell.email": "Su correo electrónico",
    "tell.about": "Número de reserva o pedido",
    "tell.optional": "opcional",
    "tell.words": "¿Qué ha pasado?",
    "tell.button": "Contárselo a {brand}",
    "tell.sent_title": "Mire su buzón, por favor",
    "tell.sent": (
        "Hemos enviado un mensaje a la dirección que indicó. Abra el enlace que contiene, para "
        "que sepamos que fue usted. Vale dos días."
    ),
    "tell.slow_title": "Espere un poco, por favor",
    "tell.slow": "Fueron muchas veces en poco tiempo. Inténtelo en una hora, o llámenos.",
    "tell.wrong_email": "Escriba una dirección de correo, por ejemplo ana@example.org.",
    "tell.wrong_words": "Diga en una frase qué ha pasado.",
    "tell.mail_failed": "No hemos podido enviar el mensaje. Inténtelo otra vez, o llámenos.",
    "tell.subject": "{brand}: confirme que nos escribió",
    "tell.mail": (
        "Hola:\n\nalguien, esperamos que usted, contó a {brand} un mal día. Si fue usted, "
        "confírmelo, por favor:\n\n{link}\n\nSi no fue usted, no haga nada. No se ha guardado "
        "nada.\n\n{brand}\n"
    ),
    "tell.confirm_title": "¿Fue usted?",
    "tell.confirm": "Sí, fui yo",
    "tell.thanks_title": "Gracias",
    "tell.thanks": "{brand} ya lo sabe. Una persona se pondrá en contacto con usted.",
    "fault.missing.title": "No encontrado",
    "fault.missing.lead": "En esta dirección no hay nada, o no es para usted.",
    "fault.unreadable.title": "No se puede leer",
    "fault.unreadable.lead": (
        "Esto no se puede leer: es demasiado largo o contiene caracteres que nadie puede escribir."
    ),
    "fault.refused.title": "No permitido",
    "fault.refused.lead": "Esto no está abierto para usted.",
    "fault.stale.title": "Inténtelo otra vez",
    "fault.stale.lead": (
        "Este formulario es demasiado antiguo o vino de otro sitio. Vuelva atrás, cargue la "
        "página de nuevo y repítalo."
    ),
    "fault.ours.title": "Es culpa nuestra",
    "fault.ours.lead": "Algo ha fallado aquí. Inténtelo de nuevo dentro de un minuto.",
}
