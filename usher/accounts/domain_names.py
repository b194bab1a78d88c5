"""Which names can be somebody's own domain: one canonical form, the one after the @ of a canonical address, and what nobody can claim."""

from django.utils.translation import gettext as _

from usher.core import address
from usher.core.refusals import Refused

LONGEST = 100  # what is left of an address of 128 characters

# A courtesy, not the lock: who cannot publish a record there cannot prove the domain anyway.
_FREE_MAIL = """
126.com 163.com aol.com arcor.de bluewin.ch fastmail.com foxmail.com free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com
hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr hotmail.it hushmail.com icloud.com inbox.ru laposte.net libero.it live.com live.de mac.com
mail.com mail.de mail.ru mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de pm.me posteo.de posteo.net proton.me protonmail.com
qq.com rambler.ru seznam.cz t-online.de tutanota.com tuta.io web.de wp.pl yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.fr
yandex.com yandex.ru ymail.com zoho.com
"""
_PUBLIC = """
ac.at ac.il ac.jp ac.nz ac.uk ac.za appspot.com azurewebsites.net blogspot.com cloudfront.net co.at co.id co.il co.in co.jp co.kr co.nz co.th co.uk
co.za com.ar com.au com.br com.cn com.co com.eg com.es com.hk com.mx com.my com.ng com.pe com.ph com.pl com.pt com.sa com.sg com.tr com.tw com.ua com.vn
edu.au edu.cn edu.tr firebaseapp.com github.io gitlab.io go.jp gob.mx gouv.fr gov.au gov.br gov.cn gov.in gov.tr gov.uk govt.nz herokuapp.com ltd.uk
me.uk ne.jp net.au net.br net.cn net.nz netlify.app nhs.uk nom.br onmicrosoft.com or.at or.jp or.kr org.au org.br org.cn org.il org.nz org.tr org.uk
org.za pages.dev plc.uk sch.uk vercel.app web.app workers.dev
"""
FREE_MAIL, PUBLIC = frozenset(_FREE_MAIL.split()), frozenset(_PUBLIC.split())


def canonical(text: str) -> str:
    """The domain somebody means, or Refused (invalid): what is no domain, one label alone, a free mail service, a suffix under which anybody registers."""
    typed = text.strip().rstrip(".").removeprefix("@")
    if "@" in typed:
        raise _refused("bad_domain", _("Type the part after the @ alone, like example.com."))
    if "." not in typed:
        raise _refused("bad_domain", _("A domain has at least two parts, like example.com."))
    try:
        name = address.parse(f"a@{typed}").canonical.rpartition("@")[2]
    except address.NotAnAddress:
        raise _refused("bad_domain", _("This is not the name of a domain. It looks like example.com.")) from None
    if len(name) > LONGEST:
        raise _refused("bad_domain", _("This name is too long: %(n)s characters fit.") % {"n": LONGEST})
    if name in FREE_MAIL:
        raise _refused("free_mail", _("%(domain)s is a mail service for everybody. Claim a domain of your own.") % {"domain": name})
    if name in PUBLIC:
        raise _refused("public_suffix", _("Anybody can register names under %(domain)s. Claim your own name there.") % {"domain": name})
    return name


def _refused(code: str, words: str) -> Refused:
    return Refused("invalid", code, words, field="domain")
