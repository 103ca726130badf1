"""The customer's pages in German."""

WORDS = {
    "language": "Deutsch",
    "home": "Ihre Seite",
    "we": "Wir",
    "heading.unclear": "Wir sehen nach, was geschehen ist",
    "heading.plain": "Wir haben Sie im Stich gelassen",
    "heading.again": "Noch einmal",
    "heading.twice": "Zweimal",
    "heading.good": "Es ist wieder gut",
    "heading.closed": "Das ist abgeschlossen",
    "happened.one": "Es geschah {first}.",
    "happened.more": "Es geschah {first} und noch einmal {rest}.",
    "happened.today": "um {clock} Uhr",
    "happened.day": "am {day} um {clock} Uhr",
    "happened.named": "{when} ({named})",
    "happened.then": " und ",
    "sorry": "Das ist unser Fehler, und es tut uns leid.",
    "sorry.partner": "Sie haben bei uns gebucht, also bringen wir es in Ordnung. Es tut uns leid.",
    "explained": "Niemand bei uns hätte es verhindern können. Wir kümmern uns trotzdem um Sie.",
    "unclear.lead": "Etwas lief nicht, wie es sollte. Ein Mensch liest gerade, was geschehen ist.",
    "good.lead": "Danke, dass Sie es uns gesagt haben. Das freut uns, und wir haben gelernt.",
    "closed.lead": "Daran arbeitet niemand mehr. Ist es nicht gut, dann sagen Sie es uns bitte.",
    "done.title": "Schon erledigt",
    "done.paid": "{money} sind wieder bei Ihnen.",
    "done.paying": "{money} sind auf dem Weg zu Ihnen zurück. Sie müssen nichts tun.",
    "done.gift": "{title}.",
    "done.gift_coming": "{title}: unterwegs.",
    "done.chosen": "Ihre Wahl: {title}. Es ist unterwegs.",
    "done.chosen_soon": "Ihre Wahl: {title}. Es ist unterwegs und in etwa {minutes} min da.",
    "done.kept": "Ihre Wahl: {title}. Es ist erledigt.",
    "done.broken": "Ihre Wahl: {title}. Das haben wir nicht gehalten. {owner} ruft Sie an.",
    "done.call": "{owner} ruft Sie bis {clock} Uhr an.",
    "done.call_late": (
        "Der Anruf, den wir Ihnen versprochen haben, ist überfällig, und das ist unser Fehler. "
        "Alle hier sehen das jetzt, und {owner} oder jemand aus dem Team ruft Sie an."
    ),
    "choice.title": "Wie sollen wir es wiedergutmachen?",
    "choice.pays": "Wir zahlen.",
    "choice.soon": "In etwa {minutes} min da.",
    "choice.until": "Bestätigt bis {clock} Uhr.",
    "choice.confirmed": "Bestätigt.",
    "choice.calls": "{owner} ruft Sie unter der Nummer an, die wir haben.",
    "choice.declines": "Die Buchung nutzen Sie dann nicht mehr.",
    "choice.button": "Das wähle ich",
    "choice.gone": "Nicht mehr möglich: {titles}.",
    "asking.lead": "Wir fragen gerade, was wir für Sie tun können. Das dauert einige Minuten.",
    "asking.again": "Noch einmal nachsehen",
    "question.title": "Ist es wieder gut?",
    "question.lead": "Nur Ihr Wort zählt. {owner} liest die Antwort.",
    "question.yes": "Ja, es ist wieder gut",
    "question.no": "Noch nicht",
    "question.early": "Es ist schon wieder gut",
    "owner.title": "{owner} kümmert sich darum",
    "owner.lead": "{owner} bleibt dran, bis Sie uns sagen, dass es wieder gut ist.",
    "owner.none": "Wir suchen gerade jemanden für Sie",
    "owner.none_lead": "Wer es auch ist, bleibt dran, bis Sie sagen, dass es wieder gut ist.",
    "owner.someone": "Jemand von uns",
    "write.open": "{owner} schreiben",
    "write.label": "Ihre Nachricht",
    "write.button": "Senden",
    "write.sent": "Ihre Nachricht ist angekommen.",
    "call.button": "Bitte rufen Sie mich an",
    "call.text": "Bitte rufen Sie mich an.",
    "call.sent": "Wir rufen Sie an.",
    "claim.title": "Was Sie deswegen ausgegeben haben",
    "claim.lead": "Wir zahlen es zurück. Heben Sie den Beleg auf; wir brauchen nur seine Nummer.",
    "claim.amount": "Wie viel, in {currency}",
    "claim.kind": "Wofür, in einem Wort",
    "claim.receipt": "Nummer des Belegs",
    "claim.lost": "Ich habe keinen Beleg",
    "claim.button": "Zurückfordern",
    "claim.sent": "Ihre Angaben sind da.",
    "claim.paying": "{title}: {money} sind auf dem Weg zu Ihnen.",
    "claim.paid": "{title}: {money} sind wieder bei Ihnen.",
    "claim.waiting": "{title}: Ein Mensch sieht es sich an und antwortet bis {day}.",
    "claim.refused": "{title}: Das zahlen wir nicht.",
    "claim.appeal": "Ich bin nicht einverstanden: Jemand anderes soll entscheiden",
    "refused.amount_needed": "Bitte schreiben Sie, wie viel es war, zum Beispiel 24,50.",
    "refused.receipt_needed": "Bitte nennen Sie die Nummer des Belegs, oder dass es keinen gibt.",
    "refused.claimed_already": "Diesen Beleg haben Sie schon eingereicht; wir sehen ihn uns an.",
    "marketing.held": (
        "Wir haben alle Angebote und Newsletter an Sie angehalten. Sie beginnen erst wieder, wenn "
        "Sie sagen, dass es gut ist."
    ),
    "marketing.until": "Angebote und Newsletter bleiben bis {day} angehalten.",
    "marketing.free": "Angebote und Newsletter dürfen Sie wieder erreichen.",
    "marketing.none": "Sie bekommen von uns keine Angebote und Newsletter, wie gewünscht.",
    "leave.link": "Ich möchte gar keine Angebote mehr",
    "tell.link": "Ist noch etwas schiefgegangen?",
    "refused.offer_gone": "Das ist nicht mehr möglich. Bitte wählen Sie etwas anderes.",
    "refused.already_chosen": "Das haben Sie schon gewählt; es ist unterwegs.",
    "refused.case_closed": "Das ist schon abgeschlossen. Stimmt etwas nicht, sagen Sie es uns.",
    "refused.other": "Das hat nicht geklappt. Bitte noch einmal, oder rufen Sie uns an.",
    "refused.choose_one": "Bitte wählen Sie zuerst etwas aus.",
    "refused.empty": "Bitte schreiben Sie zuerst etwas.",
    "expired.title": "Dieser Link ist zu alt",
    "expired.lead": "Links enden nach einiger Zeit, damit niemand sonst sie benutzen kann.",
    "expired.do": "Antworten Sie auf unsere letzte Nachricht, dann kommt ein neuer. Oder:",
    "forged.title": "Dieser Link funktioniert nicht",
    "forged.lead": "Vielleicht fehlt ein Stück. Bitte noch einmal aus der Nachricht öffnen.",
    "unsubscribe.title": "Keine Angebote mehr?",
    "unsubscribe.lead": (
        "Nachrichten zu Buchungen, Geld und Sicherheit, und dazu, wie wir etwas wiedergutmachen, "
        "erreichen Sie weiterhin."
    ),
    "unsubscribe.one": "Keine Angebote von {brand} mehr per {channel}",
    "unsubscribe.brand": "Gar keine Angebote von {brand} mehr",
    "unsubscribe.all": "Keine Angebote mehr, von keiner unserer Marken",
    "unsubscribe.done": "Erledigt. Sie bekommen keine mehr.",
    "unsubscribe.undo": "Das war ein Versehen: bitte wieder senden",
    "unsubscribe.undone": "Sie bekommen wieder Angebote.",
    "unsubscribe.too_late": (
        "Das lässt sich nur eine Stunde lang zurücknehmen, auf der Seite der Abmeldung. "
        "Bitte schreiben Sie uns, wenn Sie wieder Angebote möchten."
    ),
    "channel.mail": "E-Mail",
    "channel.sms": "SMS",
    "channel.*": "jeden Kanal",
    "friend.title": "Das hat Ihnen jemand weitergegeben",
    "friend.lead": (
        "Jemand hatte einen schlechten Tag mit {brand}, und er ging gut aus. Deshalb haben Sie "
        "diesen Link: Sie bekommen dasselbe."
    ),
    "friend.name": "Ihr Name",
    "friend.email": "Ihre E-Mail-Adresse",
    "friend.button": "Das möchte ich",
    "friend.small": "Wir nutzen die Adresse nur dafür. Sonst geschieht nichts ohne Sie.",
    "friend.done": "Danke. {brand} meldet sich bei Ihnen.",
    "rate.met": "Es geht um {met}.",
    "rate.legend": "Ihre Antwort, von „{low}“ bis „{high}“",
    "rate.words": "Was möchten Sie uns dazu sagen?",
    "rate.button": "Antwort senden",
    "rate.again": "Antwort ändern",
    "rate.choose": "Bitte wählen Sie eine der Antworten.",
    "rate.thanks": "Danke. Wir haben Ihre Antwort. Sie können sie noch ändern.",
    "rate.leave": "Keine Fragen und Angebote mehr",
    "rate.csat.low": "sehr schlecht",
    "rate.csat.high": "sehr gut",
    "rate.ces.low": "sehr mühsam",
    "rate.ces.high": "sehr leicht",
    "rate.nps.low": "gar nicht wahrscheinlich",
    "rate.nps.high": "sehr wahrscheinlich",
    "rate.thumbs.low": "Nicht gut",
    "rate.thumbs.high": "Gut",
    "tell.title": "Sagen Sie uns, was schiefging",
    "tell.lead": "Ein Mensch bei {brand} liest es und bleibt dran, bis es wieder gut ist.",
    "tell.email": "Ihre E-Mail-Adresse",
    "tell.about": "Buchungs- oder Auftragsnummer",
    "tell.optional": "freiwillig",
    "tell.words": "Was ist geschehen?",
    "tell.button": "{brand} Bescheid sagen",
    "tell.sent_title": "Bitte sehen Sie in Ihr Postfach",
    "tell.sent": (
        "Wir haben eine Nachricht an die angegebene Adresse geschickt. Öffnen Sie den Link darin, "
        "damit wir wissen, dass Sie es waren. Er gilt zwei Tage."
    ),
    "tell.slow_title": "Bitte warten Sie ein wenig",
    "tell.slow": "Das war oft in kurzer Zeit. Bitte in einer Stunde wieder, oder anrufen.",
    "tell.wrong_email": "Bitte geben Sie eine E-Mail-Adresse an, zum Beispiel ana@example.org.",
    "tell.wrong_words": "Bitte sagen Sie in einem Satz, was geschehen ist.",
    "tell.mail_failed": "Die Nachricht ließ sich gerade nicht senden. Bitte noch einmal.",
    "tell.subject": "{brand}: bitte bestätigen Sie, dass Sie uns geschrieben haben",
    "tell.mail": (
        "Guten Tag,\n\njemand, hoffentlich Sie, hat {brand} von einem schlechten Tag erzählt. "
        "Waren Sie es, dann bestätigen Sie es bitte:\n\n{link}\n\nWaren Sie es nicht, tun Sie "
        "nichts. Es wurde nichts gespeichert.\n\n{brand}\n"
    ),
    "tell.confirm_title": "Waren Sie das?",
    "tell.confirm": "Ja, das war ich",
    "tell.thanks_title": "Danke",
    "tell.thanks": "{brand} weiß jetzt Bescheid. Jemand meldet sich bei Ihnen.",
    "person.heading": "Ihre Ansprechperson",
    "person.nobody": "Sie haben noch niemanden gewählt. Wer gerade frei ist, kümmert sich um Sie.",
    "person.yours": "{name} ist für Sie da, seit dem {day}.",
    "person.away": "{name} ist zurzeit nicht da.",
    "person.away_until": "{name} ist nicht da und {when} zurück.",
    "person.off_duty": "{name} hat gerade keinen Dienst.",
    "person.off_duty_until": "{name} hat gerade keinen Dienst und ist {when} zurück.",
    "person.left": "{name} arbeitet nicht mehr hier. Bitte wählen Sie neu.",
    "person.left_until": "{name} arbeitet nicht mehr hier. Bitte wählen Sie neu.",
    "person.busy": "{name} ist gerade bei jemand anderem.",
    "person.busy_then": "Dauert das zu lange, kümmert sich {cover} um Sie.",
    "person.busy_whoever": "Dauert das zu lange, kümmert sich um Sie, wer gerade frei ist.",
    "person.covers": "Solange vertritt {cover}, wie von {name} gewünscht.",
    "person.next": "Solange kümmert sich {cover} um Sie, Ihre nächste Wahl.",
    "person.whoever": "Solange kümmert sich um Sie, wer gerade frei ist.",
    "person.waiting": "Auf wen Sie warten",
    "person.line": (
        "Sie sind Nummer {place} auf der Warteliste von {name}. Wir schreiben Ihnen, sobald"
        " Platz ist."
    ),
    "person.waits": (
        "Sie stehen auf der Warteliste von {name}. Wir schreiben Ihnen, sobald Platz ist."
    ),
    "person.full": "Bei {name} ist kein Platz, auch nicht auf der Warteliste.",
    "person.unsure": (
        "Sie standen zweimal in unseren Büchern. Sie hatten {was} gewählt und später {now}."
        " Dabei bleibt es, bis Sie uns sagen, wen Sie möchten."
    ),
    "person.choose": "Wählen Sie, wer sich um Sie kümmert",
    "person.choose_lead": (
        "In der Reihenfolge Ihrer Wünsche. Wer zuerst Platz hat, bleibt für Sie da; ändern "
        "können Sie das jederzeit."
    ),
    "person.first": "Erste Wahl",
    "person.second": "Zweite Wahl",
    "person.third": "Dritte Wahl",
    "person.no_one": "Niemand",
    "person.button": "Das ist meine Wahl",
    "person.who": "Wen es gibt",
    "person.find": "Name suchen",
    "person.find_button": "Suchen",
    "person.empty": "Gerade kann niemand gewählt werden.",
    "person.more": "Und {count} weitere: Ein Name findet sie.",
    "person.card_yours": "Für Sie da",
    "person.card_room": "Hat Platz für Sie",
    "person.card_full": "Kein Platz, {count} warten",
    "person.card_closed": "Kein Platz, auch nicht auf der Warteliste",
    "person.too_few": "Was andere sagen: Es haben noch zu wenige geantwortet.",
    "person.heard": (
        "Was andere sagen: Zwischen {low} und {high} von 100 waren zufrieden ({count} haben"
        " geantwortet)."
    ),
    "person.tags": "Genannt wurde: {tags}.",
    "person.apart": "Jemand, dem Sie lieber nicht begegnen",
    "person.apart_lead": "Sie müssen nicht sagen, warum, und wir sagen es der Person nicht.",
    "person.apart_open": "Jemanden nennen",
    "person.apart_who": "Wer ist es?",
    "person.apart_button": "Diese Person fernhalten",
    "person.apart_back": "Zurücknehmen: {name} darf sich wieder um mich kümmern",
    "person.said_chosen": "Danke, so ist es jetzt.",
    "person.said_apart": "Danke. Bei uns begegnen Sie dieser Person nicht mehr.",
    "person.said_back": "Danke, wir haben es zurückgenommen.",
    "person.name_one": "Bitte nennen Sie eine Person aus der Liste.",
    "person.not_available": (
        "Diese Person kann gerade nicht gewählt werden. Bitte wählen Sie jemand anderen."
    ),
    "person.chosen_twice": "Bitte wählen Sie jede Person nur einmal.",
    "person.leaves_title": "{name} verlässt uns",
    "person.leaves": (
        "{name} arbeitet bis zum {day} hier. Für die Zeit danach schlagen {name} und wir "
        "{heir} vor."
    ),
    "person.leaves_gone": (
        "{name} arbeitet nicht mehr hier. Wir schlagen vor, dass sich ab jetzt {heir} um Sie "
        "kümmert."
    ),
    "person.leaves_nobody": (
        "{name} arbeitet bis zum {day} hier. Bitte wählen Sie unten, wer sich dann um Sie "
        "kümmern soll."
    ),
    "person.leaves_nobody_gone": (
        "{name} arbeitet nicht mehr hier. Bitte wählen Sie unten, wer sich um Sie kümmern soll."
    ),
    "person.leaves_until": "Bis Sie es uns sagen, wird niemand anders für Sie eingetragen.",
    "person.like_choices": "{heir} haben Sie selbst genannt.",
    "person.like_languages": "Spricht: {value}.",
    "person.like_brands": "Arbeitet für: {value}.",
    "person.like_brands_all": "Arbeitet für alle unsere Marken.",
    "person.like_hours": "Ist in {value} von 100 Stunden da, in denen {name} da ist.",
    "person.like_room": "Hat Platz für Sie.",
    "person.leaves_yes": "Ja, {heir} bitte",
    "person.leaves_other": "Ich möchte lieber selbst wählen",
    "person.write": "An {name} schreiben",
    "person.write_nobody": "Schreiben Sie uns",
    "person.write_lead": "Ein Mensch liest es und antwortet.",
    "person.write_label": "Ihre Worte",
    "person.write_button": "Senden",
    "person.wrote": "Sie haben {when} geschrieben. {name} antwortet Ihnen.",
    "person.wrote_waits": (
        "Sie haben {when} geschrieben. {name} spricht gerade mit jemand anderem; dauert das "
        "zu lange, antwortet Ihnen {then}."
    ),
    "person.wrote_anybody": "Sie haben {when} geschrieben. Wer frei ist, antwortet Ihnen.",
    "person.whoever_free": "wer gerade frei ist",
    "person.address": "{name} hat eine eigene E-Mail-Adresse für Sie: {address}",
    "person.address_open": "Ich möchte die E-Mail-Adresse von {name}",
    "person.hello": "Darf sich {name} ab und zu bei Ihnen melden?",
    "person.hello_lead": (
        "Höchstens alle {days} Tage und nur, wenn es etwas zu sagen gibt: nie mit einem "
        "Angebot und nie, solange etwas gutzumachen ist. Sie können das jederzeit ändern."
    ),
    "person.hello_is_yes": "Sie haben Ja gesagt.",
    "person.hello_is_no": "Sie haben nicht Ja gesagt.",
    "person.hello_yes": "Ja, gern",
    "person.hello_no": "Nein, bitte nicht",
    "person.said_wrote": "Danke, es ist angekommen.",
    "person.said_hello": "Danke, so ist es jetzt.",
    "person.empty_words": "Bitte schreiben Sie zuerst etwas.",
    "person.nobody_chosen": "Bitte wählen Sie zuerst jemanden.",
    "person.link": "Wer sich um Sie kümmert",
    "fault.missing.title": "Nicht gefunden",
    "fault.missing.lead": (
        "Unter dieser Adresse gibt es nichts, oder es ist nicht für Sie bestimmt."
    ),
    "fault.unreadable.title": "Nicht lesbar",
    "fault.unreadable.lead": (
        "Das lässt sich nicht lesen: Es ist zu lang oder enthält Zeichen, die niemand tippen kann."
    ),
    "fault.refused.title": "Nicht erlaubt",
    "fault.refused.lead": "Das steht Ihnen nicht offen.",
    "fault.stale.title": "Bitte noch einmal",
    "fault.stale.lead": (
        "Dieses Formular ist zu alt oder kam von anderswo. Bitte gehen Sie zurück, laden Sie die "
        "Seite neu und wiederholen Sie es."
    ),
    "fault.ours.title": "Das ist unser Fehler",
    "fault.ours.lead": (
        "Hier ist etwas schiefgegangen. Bitte versuchen Sie es in einer Minute noch einmal."
    ),
}
