"""A name server on this machine for a handful of TXT records: what `USHER_DNS` points at in tests. Real questions, real answers, over UDP."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class Zone:
    """`texts` is name -> TXT records, changed while it serves; a name in `silent` gets no answer at all."""

    address: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving() -> Iterator[Zone]:
    """The zone while the block runs."""
    zone = Zone()

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            question = dns.message.from_wire(self.request[0])
            name = question.question[0].name.to_text().rstrip(".")
            zone.asked.append(name)
            if name in zone.silent:
                return
            answer = dns.message.make_response(question)
            answer.flags |= dns.flags.AA
            if name in zone.texts:
                quoted = ['"' + text + '"' for text in zone.texts[name]]
                answer.answer.append(dns.rrset.from_text(question.question[0].name, 1, "IN", "TXT", *quoted))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.request[1].sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        zone.address = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield zone
        server.shutdown()
