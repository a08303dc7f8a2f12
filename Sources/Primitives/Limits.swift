// Every bound of the system, its unit, and why it has that value. Nothing else in the project names a bound.

/// The bounds. Code refers to them by name; a test checks that each has a reason beside it.
public enum Limits {
    // MARK: Sockets and HTTP

    /// Connections of one web loop. Each costs about 4 KiB idle, so this is at most 40 MiB a loop. Fewer if the process may
    /// not have as many descriptors.
    public static let connectionsPerLoopMax = 10_000
    /// Descriptors that clients do not get: for the database, files, requests to other servers (`outboundExchangesMax`) and
    /// what is just being closed.
    public static let descriptorsReserved = 256
    /// Of the connections that a loop may have, the part that strangers from one address may: one over so many.
    public static let strangersShare = 2
    /// Milliseconds that somebody who connects has to make a request, or on a socket to prove who he is: many times what a
    /// program needs, and short enough that strangers cannot keep places for nothing.
    public static let strangerMillisecondsMax = 10_000
    /// Milliseconds that a turn of a loop may take before the log says so: everybody whom the loop serves waits for it.
    public static let turnMillisecondsMax = 10
    /// Milliseconds between two lines of the log about the same thing, where each of many connections could bring one.
    public static let logPauseMilliseconds = 10_000
    /// Connections accepted in one turn of a loop, so that a flood of new clients cannot starve the others.
    public static let acceptsPerTurnMax = 64
    /// Bytes read from one connection in one turn, so that one fast sender cannot starve the others.
    public static let readBytesPerTurnMax = 64 * 1024
    /// Bytes that a quiet connection's empty buffer may keep allocated: one page, enough for most requests.
    public static let idleBufferBytesMax = 4 * 1024
    /// Bytes of a request line: what RFC 9112 section 3 asks servers to take at least; over it is 414.
    public static let requestLineBytesMax = 8_000
    /// Bytes of the line in front of a chunk: a size and extensions that nobody uses; over it is 400.
    public static let chunkLineBytesMax = 256
    /// Request line and headers together: what common proxies allow; over it is 431.
    public static let requestHeadBytesMax = 32 * 1024
    /// Header lines of one request: no real client comes near; over it is 431.
    public static let requestHeadersMax = 100
    /// A request's body: the two mebibytes that existing clients were written against; over it is 413.
    public static let requestBodyBytesMax = 2 * 1024 * 1024
    /// Bytes of a request from somebody of whom nothing is proved: many times what people send without an account; over it
    /// is 413.
    public static let strangerBodyBytesMax = 256 * 1024
    /// Bytes of content, and of a socket's message, that are taken in and read where they come, on a web loop: a millisecond
    /// or two. With more, who sends it is known before it is taken, and a worker reads it.
    public static let immediateBodyBytesMax = 64 * 1024
    /// Bytes read ahead on one connection while an earlier request or message is answered; then reading pauses.
    public static let readAheadBytesMax = 64 * 1024
    /// Messages that others may post to one web loop; answers to the loop's own questions do not count.
    public static let webMailboxMax = 1_024
    /// Milliseconds that a client which will send nothing more is kept for the answer to what it has sent.
    public static let halfClosedMillisecondsMax = 30_000
    /// Milliseconds that a refused client's further bytes are read away, so that it gets to see the refusal.
    public static let lingerMilliseconds = 1_000
    /// Bytes of refused clients that one loop reads away between two pauses, all of them together: some 50 MB a second, so that
    /// a lone client sees the refusal of two mebibytes in no time, and many that send for nothing cost next to nothing.
    public static let lingerBytesMax = 512 * 1024
    /// Milliseconds between two such portions.
    public static let lingerPauseMilliseconds = 10
    /// Milliseconds that open connections get to take what is waiting for them when the server stops.
    public static let farewellMilliseconds = 2_000
    /// Milliseconds until a listener that ran out of descriptors tries again.
    public static let acceptPauseMilliseconds = 100
    /// Milliseconds to send a whole request head: slower senders only hold a place.
    public static let requestHeadMillisecondsMax = 15_000
    /// Milliseconds to send a whole request body: the greatest one at 17 KiB a second, which is a bad mobile connection.
    public static let requestBodyMillisecondsMax = 120_000
    /// Bytes of request bodies that one loop has on their way or being read, except those that come with their heads. Over
    /// it is 503.
    public static let bodyBytesInProgressMax = 64 * 1024 * 1024
    /// Of those, what strangers may take.
    public static let strangerBodyBytesInProgressMax = 16 * 1024 * 1024
    /// Threads that read large bodies and messages, for all loops together: two of them keep two cores busy, and what is small
    /// does not wait for them.
    public static let bodyThreads = 2
    /// By how much such a thread gives way to others, on the system's scale: where there is not enough of the processors for
    /// all, it gets a third of what a loop gets.
    public static let bodyThreadNiceness = Int32(5)
    /// Large bodies and messages that wait for such a thread: a few seconds. Further ones are answered with 503.
    public static let bodiesWaitingMax = 256
    /// Milliseconds between two pieces of a request body.
    public static let requestBodyStallMillisecondsMax = 30_000
    /// Seconds of silence after which the kernel asks whether a client's machine is there (RFC 9293 section 3.8.4), and
    /// between two such questions: who waits for an answer for hours has nothing to say, and holds a place.
    public static let keepAliveProbeSeconds = Int32(30)
    /// Such questions in vain, after which the connection is broken: two and a half minutes, as a short outage of a network
    /// should not cost an answer.
    public static let keepAliveProbesMax = Int32(4)
    /// Milliseconds an HTTP connection may stay open without a request: above the minute of common proxies, so that it
    /// is them who close.
    public static let keepAliveMillisecondsMax = 75_000
    /// Milliseconds a socket may refuse bytes while output waits; then its client counts as gone.
    public static let outputStallMillisecondsMax = 60_000
    /// Output waiting on one connection above which nothing more is pulled for it.
    public static let outputBytesHigh = 256 * 1024
    /// Output waiting on one connection below which pulling goes on.
    public static let outputBytesLow = 64 * 1024

    /// Bytes of an answer that the health check reads: its status line stands far before that.
    public static let healthAnswerBytesMax = 4 * 1024
    /// Seconds that the health check waits for each step: less than the five that supervisors give it.
    public static let healthStallSecondsMax = 3

    // MARK: Requests to other servers

    /// Bytes of a URL: what fits into common servers' heads together with headers.
    public static let urlBytesMax = 16 * 1024
    /// Bytes of a host name: what the domain name system can carry (RFC 1035 section 2.3.4).
    public static let hostNameBytesMax = 253
    /// Request line and headers of a request to another server: more than any server takes.
    public static let outboundHeadBytesMax = 256 * 1024
    /// Bytes of an answer's content, unless the operator decides otherwise (spec nodes 6.29).
    public static let outboundResponseBytesMax = 50 * 1024 * 1024
    /// Seconds that a request to another server may take, unless the operator decides otherwise (spec nodes 6.29).
    public static let outboundSecondsMax = 100
    /// Redirects that are followed for one request (spec nodes 6.29).
    public static let outboundRedirectsMax = 5
    /// Addresses of one name that are tried, each for at most `outboundConnectMillisecondsMax`.
    public static let outboundAddressesMax = 8
    /// Milliseconds until an address that does not answer, or does not finish its handshake, counts as dead.
    public static let outboundConnectMillisecondsMax = 10_000
    /// Bytes of JSON that a node reads, from another server or in a text: a tree of many small numbers takes some twenty
    /// times as much memory.
    public static let jsonTextBytesMax = 16 * 1024 * 1024
    /// Bytes of another server's answer that a node's error quotes: what people read of an error, and no more.
    public static let answerQuotedBytesMax = 4 * 1024
    /// Requests to other servers that are under way, until their answers are taken: each may hold one of the greatest
    /// size.
    public static let outboundExchangesMax = 128
    /// Requests that wait for their turn; further ones are refused.
    public static let outboundWaitingMax = 4_096
    /// Threads that look up names: the system's resolver blocks them, and one slow name server must not hold up all.
    public static let lookupThreads = 4
    /// Threads that hand over answers, whose takers may have large ones to read.
    public static let answerThreads = 2
    /// All heads and trailers of an answer: several times what common servers send; over it the answer is refused.
    public static let responseHeadBytesMax = 256 * 1024
    /// Header lines of one answer: no real server comes near.
    public static let responseHeadersMax = 512

    // MARK: WebSocket

    /// A message from a client: one mebibyte, as existing clients may send; over it is close code 1009.
    public static let webSocketMessageBytesMax = 1024 * 1024
    /// Fragments of one message: a message of the greatest size in frames of a kibibyte; over it is 1009.
    public static let webSocketFragmentsMax = 1_024
    /// Milliseconds for which a caller who was let in counts as let in when his answer is there: as good as any that is
    /// on its way. Whoever has waited longer is asked about once more; what storage or a short run answers is faster, and
    /// costs no second question.
    public static let immediateAnswerMilliseconds = 100
    /// Milliseconds until storage that was away is asked again about a caller whose answer is there: as one who waits anyway
    /// hardly notices.
    public static let confirmationPauseMilliseconds = 1_000
    /// Milliseconds between pings to a silent peer: keeps address translation alive. As long may somebody go on watching
    /// whose key was deleted, whose session was revoked or whose token has expired.
    public static let webSocketPingMilliseconds = 30_000
    /// Milliseconds between the answer to a subscribe and the first event for a peer that does not answer the ping between
    /// them, which tells that he has read it: clients begin to listen when they have read the answer, and lose what they
    /// read together with it. Of 200 subscribes with Node 24, all lost events that were written a turn later, in a write of
    /// their own. On a busy machine some still did 3 ms later; nobody who watches minds this pause.
    public static let subscriptionPauseMilliseconds = 25
    /// Identities that one connection may add up.
    public static let identitiesPerConnectionMax = 64
    /// Subscriptions of one connection: a dashboard of a thousand runs; more is refused by the dialect.
    public static let subscriptionsPerConnectionMax = 1_024
    /// Pages of stored events that are read or held for one connection at a time: a client who subscribes to everything and
    /// reads nothing would else hold one of the greatest size for each subscription.
    public static let pagesPerConnectionMax = 8

    // MARK: JSON

    /// Nesting of JSON from outside: deep enough for real documents, shallow enough for every stack here.
    public static let jsonDepthMax = 128
    /// The greatest integer that JavaScript clients read exactly: ids and counters on the wire stay within it.
    public static let javaScriptIntegerMax = UInt64(9_007_199_254_740_991)
    /// Bytes of a stranger's text that an error may quote: enough to recognise it, too few to flood a log.
    public static let quotedInputBytesMax = 256

    // MARK: Values

    /// Nesting of a value. Each level is two of JSON, the tag and its payload, and an event adds a few around
    /// it: so every value that was written can be read back within `jsonDepthMax`.
    public static let valueDepthMax = 60
    /// Bytes that are written as Base58: sixteen keys; the cost grows with the square of the length.
    public static let base58BytesMax = 512
    /// Characters of a Base58 text: as many as `base58BytesMax` bytes need.
    public static let base58CharactersMax = 700

    // MARK: Credentials

    /// Bytes of a signed token: what a request head can carry, so that a WebSocket takes no more either.
    public static let signedTokenBytesMax = 32 * 1024
    /// Seconds that an access token is good; a revoked session ends it before (spec http-and-websocket 1.7).
    public static let accessTokenSeconds = 3_600
    /// Seconds that a session lives on without being renewed: a month, after which a wallet signs once more.
    public static let sessionSeconds = 30 * 86_400
    /// Seconds for which a refresh token that was used is taken again, as its answer may have been lost: a few attempts
    /// of a client.
    public static let refreshGraceSeconds = 10
    /// Seconds by which a login challenge may be ahead of the time: as many logins as a key may begin at once. With the
    /// minute that a challenge is good, it ends well within the five for which a used one is remembered.
    public static let challengeSecondsAheadMax = Int64(60)
    /// Places in which a server remembers the last challenges of keys: 32 KiB, and keys that log in within the same second
    /// rarely share one.
    public static let challengePlaces = 4_096
    /// Sessions of one user; the oldest give way. A browser, a phone and the programs of a busy person, some times over.
    public static let sessionsPerUserMax = 256
    /// New users in an hour whom the operator has not listed: what a small community needs, and not a full disk.
    public static let signUpsPerHourMax = 100
    /// API keys of one user: each program has its own.
    public static let apiKeysPerUserMax = 100
    /// Bytes of a key's name: an entry of the database's index must stay below 2,700.
    public static let apiKeyNameBytesMax = 255
    /// Wallets of one user: all of them are looked through when a run of his asks for a signature.
    public static let walletsPerUserMax = 1_000
    /// Bytes of each text of a wallet: an icon may be a small picture in an address.
    public static let walletTextBytesMax = 16 * 1024

    // MARK: Engine

    /// Messages waiting in one lane before starts are refused.
    public static let laneMailboxMax = 16_384
    /// Further messages that stops and subscriptions may use.
    public static let laneMailboxReserve = 4_096
    /// Nodes of one document: build and validation stay below a second.
    public static let nodesPerFlowMax = 100_000
    /// Edges of one document.
    public static let edgesPerFlowMax = 400_000
    /// Problems of one document that are told: nobody reads more, and the answer stays small.
    public static let documentProblemsMax = 200
    /// Loops that may stand around one node: each element carries a position per loop.
    public static let loopsAroundNodeMax = 64
    /// Compiled flows kept ready: the working set of a busy server, some tens of kilobytes each.
    public static let compiledFlowsMax = 512
    /// Callers that may wait for the output of one run.
    public static let outputWaitersPerRunMax = 1_024
    /// Milliseconds that a short run stays in memory when it has ended: who started it is just about to ask for it.
    public static let endedRunMilliseconds = 2_000
    /// Events of a run that is short in that sense.
    public static let endedRunEventsMax = 256
    /// Ended runs that one lane keeps in memory.
    public static let endedRunsPerLaneMax = 4_096
    /// Bytes of a message that somebody is asked to sign: far more than people read, or a transaction has.
    public static let signatureMessageBytesMax = 16 * 1024
    /// Requests for one user's signatures that are kept in memory for his connections; one that is further behind is
    /// closed and begins anew.
    public static let signatureWindowMax = 256
    /// Milliseconds before the beginning of such a window from which on requests may be news to it: how far the clocks of
    /// servers may differ, and how long a request may be on its way into storage.
    public static let signatureFeedOverlapMilliseconds = 60_000
    /// Requests of which such a window remembers that it has had them: twice what may wait and be told, so that what it
    /// has read just now is not forgotten with the next one.
    public static let feedSignaturesKnownMax = 20_000
    /// Requests that wait for a user in one page read from storage.
    public static let signaturePageMax = 100
    /// Bytes of the messages in such a page, about.
    public static let signaturePageBytesMax = 256 * 1024
    /// Waiting requests that one connection is told when it begins to watch: people answer them one by one.
    public static let pendingSignaturesToldMax = 10_000
    /// Runs alive on one lane: about six kilobytes each when small, and most of so many only wait.
    public static let runsPerLaneMax = 50_000
    /// Milliseconds that one execution of a node may take, if its kind says nothing else: what the reference promises
    /// its requests.
    public static let nodeMillisecondsMax = 100_000
    /// Milliseconds between two looks at executions that may have taken too long.
    public static let nodeTimeCheckMilliseconds = 1_000
    /// Events of a run that is taken up again after a crash: all of them are read and given to a machine anew.
    public static let resumedEventsMax = 200_000
    /// Runs of a lane that are being taken up at the same time: enough to keep storage busy, and each is held with its
    /// journal meanwhile.
    public static let resumptionsAtOnceMax = 1_024
    /// Runs that are read together: a question to storage costs as much as some of them, and its answer is worked on in one
    /// turn of a lane, a few milliseconds.
    public static let leftRunsReadMax = 128
    /// Runs that a lane takes up in one turn, which is a millisecond or so: starts wait for it.
    public static let takenUpAtOnceMax = 16
    /// Such reads of one lane on their way: while one is worked on, storage is busy with the next.
    public static let leftRunsReadsMax = 2
    /// The same two while others call: what is left of the processors is theirs.
    public static let crowdedLeftRunsReadMax = 64
    public static let crowdedLeftRunsReadsMax = 1
    /// Milliseconds without a call after which nobody seems to call.
    public static let crowdedMilliseconds = 100
    /// Events of a run that are read together with other runs: those of all but long ones.
    public static let leftRunEventsMax = 64
    /// Bytes of such events, and of what else is read together with other runs: ordinary ones have some kilobytes, and
    /// a question is about many.
    public static let leftRunBytesMax = 32 * 1024
    /// Nested runs and requests of a run that are read together with other runs: most have none or one.
    public static let leftRunRowsMax = 16
    /// Reads of runs that are taken up whose rows wait to be read: two for each lane of a large machine.
    public static let leftRunsWaitingMax = 1_024
    /// Milliseconds that the database may work on one question which nobody waits for: the runs of a server that has died are
    /// claimed with one.
    public static let upkeepMillisecondsMax = 60_000
    /// Questions of the housekeeping that are sent ahead of their answers: a few reads of runs.
    public static let upkeepQuestionsInFlightMax = 32
    /// Calls of one lane that wait until it is known whether this server has their runs: a second's worth of a busy one.
    public static let unplacedCallsMax = 4_096
    /// Runs that are named in the log when they cannot be taken up after one crash; the rest is counted.
    public static let endedRunsToldMax = 20
    /// Deadlines of one lane that are kept without looking whether they still matter: 64 KiB or so.
    public static let laneDeadlinesKept = 1_024
    /// First pause before a run is tried again that could not be taken up, in milliseconds; it doubles each time.
    public static let resumptionPauseMilliseconds = 100
    /// Longest of these pauses, in milliseconds: storage that is away for hours is asked this often.
    public static let resumptionPauseMillisecondsMax = 30_000
    /// Runs inside each other (spec flow-engine 11.3).
    public static let nestedRunsMax = 1_024
    /// How often flows are read to be deployed or cloned if each time one of them is edited before they are written
    /// down: whoever saves while he deploys meets this once, and only a loop of edits meets it more often.
    public static let gatheringAttemptsMax = 5
    /// Problems of a flow that an error lists: more than anybody reads at once, and far less than a start with fifty thousand
    /// unknown nodes would send back.
    public static let problemsShownMax = 200
    /// Different flows that one run and its nested runs may come to: all of them are loaded when it starts.
    public static let flowsPerStartMax = 256
    /// Fees that a start may name: more than fit into a transaction.
    public static let feesPerRunMax = 64
    /// Wallets that a start looks at, of the flow's owner and the starter together: far more than people have.
    public static let walletsReadMax = 10_000
    /// Executions waiting for a worker; further ready nodes wait in their runs.
    public static let nodeBacklogMax = 65_536
    /// Bytes of the values of one event; those beyond it are replaced by a text that says so.
    public static let eventValueBytesMax = 8 * 1024 * 1024
    /// Bytes, about, of one output that a node makes: more than an event can show would be seen by nobody, and a few
    /// nodes in a row could fill the memory.
    public static let nodeOutputBytesMax = 8 * 1024 * 1024
    /// Values of one message that are tried for being key pairs: a tenth of a second of a worker, and some hundred times what
    /// people send. Over it is 400.
    public static let keyPairsSoughtMax = 4_096
    /// Values that are looked at for key pairs where one is, on a loop or a lane: some ten microseconds. More go to a worker.
    public static let keyPairEffortMax = 1_000
    /// As how many values one counts that must be tried: the ratio of their times.
    public static let keyPairEffort = 300
    /// Events of one run kept in memory for live subscribers; those behind read pages from storage, each for himself:
    /// with a window of 4,096 a thousand subscribers of a busy run fell behind it and cost six times the work.
    public static let feedWindowEventsMax = 16_384
    /// Bytes of one run's events kept in memory, in all encodings.
    public static let feedWindowBytesMax = 8 * 1024 * 1024
    /// Bytes pulled from one feed in one go.
    public static let feedPullBytesMax = 64 * 1024
    /// Events of one page read back from storage.
    public static let replayPageEventsMax = 1_000
    /// Milliseconds that a graceful stop may take (spec flow-engine 9.1).
    public static let stopMillisecondsMax = 300_000
    /// Answers of reads that are remembered: enough for a page with many readers, bounded however many inputs they try.
    public static let readsKeptMax = 1_024
    /// Bytes of all remembered answers: 32 MiB.
    public static let readsKeptBytesMax = 32 << 20
    /// Bytes of one remembered answer: larger ones are computed each time and leave room for many others.
    public static let readKeptBytesMax = 1 << 20
    /// Different reads under way: each is a run, and those have bounds of their own.
    public static let readsUnderWayMax = 4_096
    /// Callers that wait for the same read.
    public static let readWaitersMax = 4_096
    /// How long the nodes of a read that took too long may still end (spec flow-engine 19.4): 5 s.
    public static let readStopMilliseconds = Int64(5_000)
    /// Milliseconds that a node may sleep in one wait: a year, so that sums cannot overflow.
    public static let waitMillisecondsMax = 31_536_000_000
    /// Elements of one array made by a node (spec flow-engine 5.8).
    public static let rangeElementsMax = 10_000_000

    // MARK: What users keep

    /// Bytes of the name of a key-value store (spec nodes 2.6).
    public static let storeNameBytesMax = 120
    /// Bytes of a key in such a store: an entry of the database's index must stay below 2,700.
    public static let keyValueKeyBytesMax = 2_048
    /// Bytes of one item as JSON: what a client could ever send in a request. It is read on the storage loop.
    public static let keyValueItemBytesMax = 2 * 1024 * 1024
    /// Bytes of one stored file: it passes the storage loop in one piece, which holds up the journal for 30 to 50 ms on
    /// two cores, and three times as long for 50 MiB.
    public static let fileBytesMax = 16 * 1024 * 1024
    /// Bytes of a bucket, a slash and a path: an entry of the database's index must stay below 2,700.
    public static let fileKeyBytesMax = 1_024
    /// Names that one listing gives (spec nodes 2.7).
    public static let filesListedMax = 1_000
    /// Characters of a content type; the longest registered one has about a hundred.
    public static let contentTypeCharactersMax = 255
    /// Bytes of a user's secret: a chain of certificates with its key. It is opened on the storage loop, in a tenth of a
    /// millisecond.
    public static let vaultSecretBytesMax = 64 * 1024
    /// Bytes of each of the two parts of a secret's name: an entry of the database's index must stay below 2,700.
    public static let vaultNameBytesMax = 255
    /// Items that one kvexplorer shows: each is a question to storage.
    public static let pinnedItemsMax = 256

    // MARK: Nodes

    /// Bytes of a pattern to search for: some pages of what people write by hand.
    public static let patternBytesMax = 4 * 1024
    /// Steps of a pattern with all of its repetitions written out: each costs time at every place of a text.
    public static let patternInstructionsMax = 5_000
    /// Groups of a pattern inside each other: reading a pattern goes down level by level on the stack.
    public static let patternDepthMax = 64
    /// Groups of a pattern whose matches are remembered, which costs memory for each step.
    public static let patternGroupsMax = 64
    /// Steps of all searches in one execution: a few seconds.
    public static let patternStepsMax = 200_000_000
    /// Bytes of a pattern of dates: several times the longest that names every part.
    public static let datePatternBytesMax = 256
    /// Columns of a table: what spreadsheets take.
    public static let tableColumnsMax = 16_384

    // MARK: Exports

    /// Bytes of an export's file: what a user's key-value stores may hold by default, written as text in text, and his
    /// flows. Reading or writing it takes about six times as much memory.
    public static let exportBytesMax = 192 * 1024 * 1024
    /// Bytes of an export over HTTP: they wait for the client in memory. Larger ones are written to a file by a command.
    public static let exportAnswerBytesMax = 32 * 1024 * 1024
    /// Exports over HTTP that wait while one is worked on: it takes a second or so, and clients do not wait for minutes.
    public static let exportsWaitingMax = 8
    /// Cells of one table of an export: an empty one is a byte in the file and sixteen in memory. As many as more than
    /// a million items have.
    public static let exportCellsMax = 8_000_000
    /// Milliseconds that one statement of an export may take: it reads a user's whole data once.
    public static let exportStatementMillisecondsMax = 60_000
    /// Tables of one export: about five times as many as there are.
    public static let exportTablesMax = 64
    /// Columns of one table of an export: a few times what the widest has.
    public static let exportColumnsMax = 256
    /// The largest number that a flow or a wallet keeps when it is imported: one file must not use numbers up.
    public static let importedNumberMax = 1_000_000_000
    /// Problems of imported flows that are shown of each: the rest is seen when it is started.
    public static let importedProblemsShownMax = 3

    // MARK: Tables over HTTP

    /// Rows of one answer, and of one body: what clients of hosted tables know; the rest comes by offset.
    public static let tableRowsMax = 1_000
    /// Bytes of one answer; a single row comes whatever its size. As much as a page of events: it is put together on the
    /// storage loop.
    public static let tableAnswerBytesMax = 4 * 1024 * 1024
    /// Filters of one request: several for each column of the widest table.
    public static let tableFiltersMax = 64
    /// Elements of a list in a filter: as many rows as an answer has. A request line holds fewer.
    public static let tableListElementsMax = 1_000
    /// Columns that an answer shows: several times those of the widest table, as each may stand there again.
    public static let tableOutputsMax = 128
    /// Names of a path into a JSON column: far more than people write.
    public static let tablePathKeysMax = 16
    /// Bytes of a name, a description and other texts that are written: some pages.
    public static let tableTextBytesMax = 64 * 1024
    /// Fees of one deployment: a transaction has no room for more transfers.
    public static let deploymentFeesMax = 20
    /// Milliseconds that the database may work on one request: those of others wait behind it.
    public static let tableStatementMillisecondsMax = 5_000
    /// Requests sent to the database ahead of their answers: each may be large, and is held twice meanwhile.
    public static let tableQuestionsInFlightMax = 4

    // MARK: Storage

    /// Rows of one commit: 8 ms on two cores with fsync, so a commit in flight never delays much.
    public static let commitRowsMax = 1_024
    /// Bytes of one commit, for rows that are large.
    public static let commitBytesMax = 1024 * 1024
    /// Events of one commit that are sent as parameters; more of them go by COPY, which takes a round trip more and less work
    /// for each.
    public static let insertedEventsMax = 64
    /// Journal bytes waiting above which lanes start no further nodes.
    public static let journalBacklogBytesHigh = 32 * 1024 * 1024
    /// Journal bytes waiting below which lanes go on.
    public static let journalBacklogBytesLow = 8 * 1024 * 1024
    /// Journal bytes waiting above which new runs are refused with 503.
    public static let journalBacklogBytesMax = 64 * 1024 * 1024
    /// Questions waiting for the storage loop before more are refused with 503.
    public static let storageMailboxMax = 16_384
    /// Milliseconds that the database may work on one question: what takes this long has gone wrong.
    public static let statementMillisecondsMax = 10_000
    /// Questions sent to the database ahead of their answers: keeps one connection busy, and a loss cheap.
    public static let databaseQuestionsInFlightMax = 256
    /// Such questions of the connection for what users keep: each may be large, and is held twice meanwhile.
    public static let userQuestionsInFlightMax = 4
    /// Bytes in questions of one connection that wait to be sent; further ones are refused.
    public static let questionBytesMax = 128 * 1024 * 1024
    /// Bytes of stored outputs that one start of a part of a flow may read: as much as a few events may hold.
    public static let storedOutputsBytesMax = 64 * 1024 * 1024
    /// Bytes of one page of events: a page is held twice, as the client library's result and as events.
    public static let replayPageBytesMax = 4 * 1024 * 1024
    /// Hashes of snapshots known to be stored; forgetting one costs sending its document once more.
    public static let snapshotsKnownMax = 4_096
    /// Runs that storage refused and whose further entries are thrown away; lanes are told at once.
    public static let refusedRunsKnownMax = 4_096
    /// Milliseconds before the first new attempt to reach the database.
    public static let reconnectMillisecondsMin = 100
    /// Milliseconds between later attempts: short enough that nobody waits for the server after the database.
    public static let reconnectMillisecondsMax = 5_000
    /// Attempts to reach the database at start: with their pauses about half a minute, in which one that starts
    /// at the same time gets ready.
    public static let databaseAttemptsAtStart = 12
    /// Milliseconds that a start waits until the connection of a killed daemon's journal is gone: a commit that the disk takes
    /// its time with.
    public static let endedJournalMillisecondsMax = 5_000
    /// Milliseconds that a stop waits for a database that is away.
    public static let storageStopMillisecondsMax = 15_000
    /// Milliseconds for one attempt to connect.
    public static let connectMillisecondsMax = 10_000
    /// Milliseconds between two signs of life of a server.
    public static let heartbeatMilliseconds = 2_000
    /// Milliseconds without a sign of life after which a server's runs are ended (spec storage 7.2).
    public static let heartbeatMillisecondsMax = 15_000
    /// Milliseconds between two searches for runs that a dead server left behind: they stand still until then.
    public static let sweepMilliseconds = 1_000
    /// Days for which partitions are made ahead: a week without a connection to the database does no harm.
    public static let partitionDaysAhead = 7
    /// Milliseconds between two makings of partitions.
    public static let partitionMilliseconds = 3_600_000

    /// Milliseconds that the database may leave a question or a commit without an answer before new starts are refused and
    /// the server counts as unwell: with the two seconds between signs of life this is noticed within five, and no
    /// healthy statement or commit takes as long.
    public static let standstillMilliseconds = 2_500
    /// Milliseconds between two looks at how long the database has said nothing, while something is asked.
    public static let standstillLookMilliseconds = 250
    /// Milliseconds that a caller waits for what his start needs of storage, and then for its being written down: he should
    /// hear within five seconds that he must try again.
    public static let startAnswerMillisecondsMax = 4_500
    /// Milliseconds beyond the database's own time limit for a statement until a connection on which it says nothing is
    /// given up: for the way there and back, and for a machine that has stood still for a moment.
    public static let replyMarginMilliseconds = 3_000
    /// Milliseconds that the database may work on one statement of a commit, above the ten seconds that one may wait for a
    /// lock: a commit takes some milliseconds.
    public static let journalStatementMillisecondsMax = 15_000

    // MARK: The private Postgres

    /// Milliseconds between two looks whether its server lives.
    public static let postgresLookMilliseconds = 500
    /// Milliseconds between two attempts to start a server in place of one that has died, whose processes may need a moment
    /// to end.
    public static let postgresStartPauseMilliseconds = 300
    /// Seconds in which a server must answer at start, or be started again after its death; then flowd ends.
    public static let postgresStartSecondsMax = 60
    /// Seconds that a server which runs may take to replay its log: 512 MiB at most, on a slow disk.
    public static let postgresReplaySecondsMax = 300
    /// Milliseconds of one attempt to reach a server that is starting: it answers at once, if only to say so.
    public static let postgresAnswerMillisecondsMax = 2_000
    /// Milliseconds that it may take to stop when nothing presses: its last checkpoint writes 128 MiB at most.
    public static let postgresStopMillisecondsMax = 30_000
    /// Seconds that a program which the start runs may take: making a cluster takes one, on a slow disk twenty.
    public static let childSecondsMax = 120

    // MARK: Stopping

    /// Milliseconds that a stop may take beyond `drain_seconds`: with the thirty that fit a grace period of forty there are
    /// two to spare.
    public static let stopBeyondDrainMilliseconds = 8_000
    /// Milliseconds of these that are kept for what follows the end of runs: farewell, storage, the private Postgres.
    public static let stopAfterRunsMilliseconds = 6_000
    /// Milliseconds of these that are kept for the private Postgres.
    public static let stopPostgresMilliseconds = 3_000
    /// Milliseconds that a part gets which will hardly end, or comes last and finds nothing left.
    public static let stopBriefMilliseconds = 1_000
    /// Milliseconds that a stop gives a database which takes nothing to come back, before runs are not waited for: a
    /// restart of it takes less.
    public static let stopStandstillMilliseconds = 5_000
    /// Milliseconds that a start which is told to stop may take to get done, so that it stops in order: one that waits for
    /// a database will not.
    public static let startBreakMilliseconds = 5_000
    /// Milliseconds between two looks whether it takes anything.
    public static let stopLookMilliseconds = 100

    // MARK: Other servers

    /// Milliseconds between two looks at what others have written down, while they can tell this server: what one lost
    /// notification costs. A look is a handful of questions by primary key.
    public static let remoteLookMilliseconds = 30_000
    /// Milliseconds between two such looks while nobody can tell it (spec storage 7.2).
    public static let remoteLookUntoldMilliseconds = 1_000
    /// Milliseconds before a look is repeated that storage did not answer.
    public static let remoteLookAgainMilliseconds = 1_000
    /// Runs and requests that one look of a lane asks about, those of its last run left out: 128 KiB of a question, and
    /// 16 MiB of reasons if all of the runs were stopped at length.
    public static let remoteLookRequestsMax = 4_096
    /// Callers of one lane that wait for a signature request of a run which another server has.
    public static let remoteWaitersMax = 4_096
    /// Milliseconds between two looks whether such runs have ended, which nobody tells.
    public static let remoteRunsLookMilliseconds = 2_000
    /// Bytes of the reason of a stop that goes to another server: all stops on their way are read at once.
    public static let stopReasonBytesMax = 4 * 1024

    // MARK: Log

    /// Log bytes that may wait for standard error to take them; further lines are dropped and counted.
    public static let logBufferBytesMax = 1024 * 1024
    /// Bytes of one log line; the rest is cut.
    public static let logLineBytesMax = 4 * 1024
}
