"""The rows that the clients of tables play with: two people, of whom the one must see nothing of the other."""

import time

import flows
from scene import Person
from wire import Wire, check

UNKNOWN = "00000000-0000-4000-8000-00000000dead"


class TableScene:
    def __init__(self, base: str):
        self.wire = Wire(base)
        self.info = self.wire.ask("GET", "/info").json()
        self.anon_key = self.info["anon_key"]
        self.owner = Person(self.wire, self.anon_key)
        self.other = Person(self.wire, self.anon_key)
        self.alpha = self._flow(
            {**flows.example("1-add.json"), "name": "alpha", "slug": "first", "viewport": {"x": 1, "y": {"z": "deep"}},
             "meta_nodes": ["a", "b"], "guide": r"C:\u0000x"})
        self.beta = self._flow({"name": "beta, (two)", "slug": None, "meta_nodes": ["b", "c"], "viewport": {"x": 2},
                                "parent_flow": self.alpha["uuid"]})
        self.quote = self._flow({"name": 'q"t', "is_public": True, "viewport": {"x": 10}})
        self.foreign = self.other.flow({"name": "foreign"})
        headers = {"authorization": "Bearer " + self.owner.jwt, "content-type": "application/json"}
        self.deployment = self.wire.ask("POST", f"/flow/deploy/{self.alpha['id']}", headers, {}).json()["deployment_id"]
        self.run = self.wire.ask(
            "POST", f"/flow/start/{self.alpha['id']}", headers, {"inputs": {"a": {"U": "1"}, "b": {"U": "2"}}}
        ).json()["flow_run_id"]
        for _ in range(200):
            rows = self.owner.table("GET", f"flow_run?id=eq.{self.run}&select=status")
            if rows == [{"status": "finished"}]:
                return
            time.sleep(0.05)
        check(False, "the run has ended:", rows)

    def _flow(self, columns):
        return self.owner.table("POST", "flows?select=*", columns)[0]
