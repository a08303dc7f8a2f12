// The bounds of this target: runs, lanes and what they ask for.

public import Primitives

extension Limits {
    // MARK: JSON

    /// The greatest integer that JavaScript clients read exactly: ids and counters on the wire stay within it.
    public static let javaScriptIntegerMax = UInt64(9_007_199_254_740_991)

    // MARK: Engine

    /// Messages waiting in one lane before starts are refused.
    static let laneMailboxMax = 16_384
    /// Further messages that stops and subscriptions may use.
    static let laneMailboxReserve = 4_096
    /// Loops that may stand around one node: each element carries a position per loop.
    static let loopsAroundNodeMax = 64
    /// Compiled flows kept ready: the working set of a busy server, some tens of kilobytes each.
    static let compiledFlowsMax = 512
    /// Callers that may wait for the output of one run.
    static let outputWaitersPerRunMax = 1_024
    /// Milliseconds that a short run stays in memory when it has ended: who started it is just about to ask for it.
    static let endedRunMilliseconds = 2_000
    /// Events of a run that is short in that sense.
    static let endedRunEventsMax = 256
    /// Ended runs that one lane keeps in memory.
    static let endedRunsPerLaneMax = 4_096
    /// Bytes of a message that somebody is asked to sign: far more than people read.
    public static let signatureMessageBytesMax = 16 * 1024
    /// Requests for one user's signatures that are kept in memory for the user's connections; one that is further behind is
    /// closed and begins anew.
    static let signatureWindowMax = 256
    /// Milliseconds by which a window reaches back before its beginning, as requests may arrive late: the clocks of servers
    /// may differ by this much, or a request may be on its way into storage for so long.
    static let signatureFeedOverlapMilliseconds = 60_000
    /// Requests of which such a window remembers that it has had them: twice what may wait and be told, so that what it
    /// has read just now is not forgotten with the next one.
    static let feedSignaturesKnownMax = 20_000
    /// Requests that wait for a user in one page read from storage.
    public static let signaturePageMax = 100
    /// Waiting requests that one connection is told when it begins to watch: people answer them one by one.
    public static let pendingSignaturesToldMax = 10_000
    /// Runs alive on one lane: about six kilobytes each when small, and most of so many only wait.
    static let runsPerLaneMax = 50_000
    /// Milliseconds that one execution of a node may take, if its kind says nothing else: what the reference promises
    /// its requests.
    static let nodeMillisecondsMax = 100_000
    /// Executions that one turn of a lane carries out itself: a millisecond or less of nodes that are brief.
    static let briefNodesPerTurnMax = 32
    /// Milliseconds between two looks at executions that may have taken too long.
    static let nodeTimeCheckMilliseconds = 1_000
    /// Events of a run that is taken up again after a crash: all of them are read and given to a machine anew.
    static let resumedEventsMax = 200_000
    /// Runs of a lane that are being taken up at the same time: enough to keep storage busy, and each is held with its
    /// journal meanwhile.
    static let resumptionsAtOnceMax = 1_024
    /// Runs that are read together: a question to storage costs as much as some of them, and its answer is worked on in one
    /// turn of a lane, a few milliseconds.
    static let leftRunsReadMax = 128
    /// Runs that a lane takes up in one turn, which is a millisecond or so: starts wait for it.
    static let takenUpAtOnceMax = 16
    /// Such reads of one lane on their way: while one is worked on, storage is busy with the next.
    static let leftRunsReadsMax = 2
    /// Runs that are read together while others call: the processors are theirs.
    static let crowdedLeftRunsReadMax = 64
    /// Such reads of one lane on their way.
    static let crowdedLeftRunsReadsMax = 1
    /// Milliseconds without a call after which nobody seems to call.
    static let crowdedMilliseconds = 100
    /// Calls of one lane that wait until it is known whether this server has their runs: a second's worth of a busy one.
    static let unplacedCallsMax = 4_096
    /// Runs that are named in the log when they cannot be taken up after one crash; the rest is counted.
    static let endedRunsToldMax = 20
    /// Deadlines of one lane that are kept without looking whether they still matter: 64 KiB or so.
    static let laneDeadlinesKept = 1_024
    /// First pause before a run is tried again that could not be taken up, in milliseconds; it doubles each time.
    static let resumptionPauseMilliseconds = 100
    /// Longest of these pauses, in milliseconds: storage that is away for hours is asked this often.
    static let resumptionPauseMillisecondsMax = 30_000
    /// Runs inside each other (spec flow-engine 11.3).
    static let nestedRunsMax = 1_024
    /// How often flows are read to be deployed or cloned if each time one of them is edited before they are written
    /// down: a user who saves while deploying meets this once, and only a loop of edits meets it more often.
    static let gatheringAttemptsMax = 5
    /// Problems of a flow that an error lists: more than anybody reads at once, and far less than a start with fifty thousand
    /// unknown nodes would send back.
    static let problemsShownMax = 200
    /// Different flows that one run and its nested runs may come to: all of them are loaded when it starts.
    static let flowsPerStartMax = 256
    /// Executions waiting for a worker; further ready nodes wait in their runs.
    static let nodeBacklogMax = 65_536
    /// Bytes of the values of one event; those beyond it are replaced by a text that says so.
    static let eventValueBytesMax = 8 * 1024 * 1024
    /// Events of one run kept in memory for live subscribers; those behind read pages from storage, each its own:
    /// with a window of 4,096 a thousand subscribers of a busy run fell behind it and cost six times the work.
    static let feedWindowEventsMax = 16_384
    /// Bytes of one run's events kept in memory, in all encodings.
    static let feedWindowBytesMax = 8 * 1024 * 1024
    /// Events of one page read back from storage.
    static let replayPageEventsMax = 1_000
    /// Milliseconds that a graceful stop may take (spec flow-engine 9.1).
    static let stopMillisecondsMax = 300_000
    /// How long the nodes of a read that took too long may still end (spec flow-engine 19.4): 5 s.
    static let readStopMilliseconds = Int64(5_000)
    /// Milliseconds that a node may sleep in one wait: a year, so that sums cannot overflow.
    public static let waitMillisecondsMax = 31_536_000_000

    /// Executions of a nested run whose failures its parent is told: whoever has ten knows where to look.
    public static let failuresToldMax = 10
    /// Unicode scalars of all that a parent is told of them: a screen full of text.
    public static let failureTextMax = 2_000

    // MARK: What users keep

    /// Bytes of the name of a key-value store (spec nodes 2.6).
    public static let storeNameBytesMax = 120
    /// Bytes of a key in such a store: an entry of the database's index must stay below 2,700.
    static let keyValueKeyBytesMax = 2_048
    /// Bytes of one item as JSON: what a client could ever send in a request. It is read on the storage loop.
    public static let keyValueItemBytesMax = 2 * 1024 * 1024
    /// Bytes of one stored file: it passes the storage loop in one piece, which holds up the journal for 30 to 50 ms on
    /// two cores, and three times as long for 50 MiB.
    public static let fileBytesMax = 16 * 1024 * 1024
    /// Bytes of a bucket, a slash and a path: an entry of the database's index must stay below 2,700.
    static let fileKeyBytesMax = 1_024
    /// Seconds for which an address of a file can be signed: ten years, longer than anybody plans for.
    public static let fileLinkSecondsMax = 315_360_000
    /// Characters of a content type; the longest registered one has about a hundred.
    public static let contentTypeCharactersMax = 255
    /// Names that one listing gives (spec nodes 2.7).
    public static let filesListedMax = 1_000
    /// Bytes of each of the two parts of a secret's name: an entry of the database's index must stay below 2,700.
    public static let vaultNameBytesMax = 255

    // MARK: Storage

    /// Milliseconds that a caller waits for what a start needs of storage, and then for its being written down: the caller
    /// should hear within five seconds to try again.
    public static let startAnswerMillisecondsMax = 4_500

    // MARK: Other servers

    /// Milliseconds before a look is repeated that storage did not answer.
    static let remoteLookAgainMilliseconds = 1_000
    /// Runs and requests that one look of a lane asks about, those of its last run left out: 128 KiB of a question, and
    /// 16 MiB of reasons if all of the runs were stopped at length.
    static let remoteLookRequestsMax = 4_096
    /// Callers of one lane that wait for a signature request of a run which another server has.
    static let remoteWaitersMax = 4_096
    /// Milliseconds between two looks whether such runs have ended, which nobody tells.
    static let remoteRunsLookMilliseconds = 2_000
    /// Bytes of the reason of a control that is written down: all those of the runs of a lane are read at once.
    static let controlReasonBytesMax = 4 * 1024
}
