"""The numbered spelling of the socket as the three TypeScript clients speak it, with what each insists on."""

import asyncio
import json

import websockets

from values import check_value
from wire import check


class NumberedSocket:
    """Requests with ids, answers by id, events by stream. Any surprise fails the play."""

    # The events that come before the callback for their stream is there are an error for the oldest client.
    buffers_early_events = False
    # Exactly which members an answer to a subscription may have.
    strict = False

    def __init__(self, url):
        self.url = url
        self._next = 1
        self._pending = {}
        self._streams = {}
        self._early = {}
        self._failure = None

    async def connect(self):
        self.socket = await websockets.connect(self.url)
        self._reader = asyncio.create_task(self._read())

    async def close(self):
        await self.socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)
        if self._failure:
            raise self._failure

    def number(self):
        self._next += 1
        return self._next - 1

    async def request(self, method, params, id=None):
        id = self.number() if id is None else id
        answer = asyncio.get_running_loop().create_future()
        self._pending[id] = answer
        await self.socket.send(json.dumps({"id": id, "method": method, "params": params}))
        return await asyncio.wait_for(answer, 20)

    async def _read(self):
        try:
            async for text in self.socket:
                check(isinstance(text, str), "only text is sent:", text)
                self._take(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        except Exception as error:
            self._failure = error
            for waiter in [*self._pending.values()]:
                if not waiter.done():
                    waiter.set_exception(error)
            for queue in self._streams.values():
                queue.put_nowait(error)

    def _take(self, message):
        if message.get("id") is not None:
            check(message["id"] in self._pending, "an answer belongs to a request:", message)
            check("Ok" in message or "Err" in message, "an answer is Ok or Err:", message)
            self._pending.pop(message["id"]).set_result(message)
            return
        check(isinstance(message.get("stream_id"), int), "what is no answer is an event:", message)
        stream = message["stream_id"]
        if self.strict:
            check_event(message)
        if stream not in self._streams:
            check(self.buffers_early_events, "an event comes after the answer to its subscription:", message)
            self._early.setdefault(stream, []).append(message)
            return
        self._streams[stream].put_nowait(message)

    def _open(self, answer):
        check("Ok" in answer, "a subscription is taken:", answer)
        if self.strict:
            check(set(answer["Ok"]) == {"stream_id"}, "an answer has stream_id and nothing else:", answer)
        stream = answer["Ok"]["stream_id"]
        queue = asyncio.Queue()
        for message in self._early.pop(stream, []):
            queue.put_nowait(message)
        self._streams[stream] = queue
        return queue

    async def subscribe(self, run, token=None):
        """The events of a run as they come."""
        params = {"flow_run_id": run} | ({"token": token} if token else {})
        id = self.number()
        # The callback is in place before the loop reads on: events may stand right behind the answer.
        answer = asyncio.get_running_loop().create_future()
        self._pending[id] = Opening(self, answer)
        await self.socket.send(json.dumps({"id": id, "method": "SubscribeFlowRunEvents", "params": params}))
        return Stream(await asyncio.wait_for(answer, 20))

    async def subscribe_signatures(self):
        id = self.number()
        answer = asyncio.get_running_loop().create_future()
        self._pending[id] = Opening(self, answer)
        await self.socket.send(json.dumps({"id": id, "method": "SubscribeSignatureRequests", "params": {}}))
        return Stream(await asyncio.wait_for(answer, 20))


class Opening:
    """Waits for the answer to a subscription and makes its stream at once."""

    def __init__(self, socket, future):
        self._socket, self._future = socket, future

    def set_result(self, answer):
        try:
            self._future.set_result(self._socket._open(answer))
        except Exception as error:
            self._future.set_exception(error)

    def set_exception(self, error):
        self._future.set_exception(error)

    def done(self):
        return self._future.done()


class Stream:
    def __init__(self, queue):
        self._queue = queue

    async def next(self, kind=None):
        """The next event, or the next one of a kind."""
        while True:
            message = await asyncio.wait_for(self._queue.get(), 30)
            if isinstance(message, Exception):
                raise message
            if kind in (None, message["event"]):
                return message["data"]
            check(message["event"] != "FlowFinish", "the run ends before:", kind)

    async def until_finish(self):
        """All events up to the last one."""
        events = []
        while True:
            message = await asyncio.wait_for(self._queue.get(), 30)
            if isinstance(message, Exception):
                raise message
            events.append(message)
            if message["event"] == "FlowFinish":
                return events


def check_event(message):
    """What the schemas of the newest client demand of an event."""
    data = message["data"]
    match message["event"]:
        case "FlowFinish":
            check(isinstance(data["not_run"], list), "not_run is a list:", message)
            check_value(data["output"])
        case "NodeStart": check_value(data["input"])
        case "NodeOutput": check_value(data["output"])
        case "FlowError": check(isinstance(data["error"], str), "error is text:", message)
        case "SignatureRequest":
            check(isinstance(data["id"], int), "id is a number:", message)
            check(isinstance(data["timeout"], (int, float)), "timeout is a number:", message)
            check(data.get("kind") in ("message", "transaction_message"), "kind is known:", message)
    check(isinstance(data.get("flow_run_id"), str) or message["event"] == "SignatureRequest", "the run:", message)
