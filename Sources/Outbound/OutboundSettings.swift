// What an operator decides about requests to other servers.

public import Net
public import Primitives

/// The settings of an `OutboundLoop`.
public struct OutboundSettings: Sendable {
    /// Which addresses may be reached.
    public var policy: AddressPolicy
    /// Says which addresses this machine has now; nil if that cannot be found out. They are added to those of the policy.
    public var ownAddresses: @Sendable () -> Set<IPAddress>? = MachineAddresses.current
    /// Bytes of an answer's content above which it is refused.
    public var responseBytesMax: Int
    /// How long a request may take, with everything: waiting, redirects, the whole answer.
    public var secondsMax: Int
    /// Whose certificates are believed.
    public var trust: TLSContext.Trust

    /// The defaults are those of a server without any settings.
    public init(
        policy: AddressPolicy = AddressPolicy(), responseBytesMax: Int = Limits.outboundResponseBytesMax,
        secondsMax: Int = Limits.outboundSecondsMax, trust: TLSContext.Trust = .system
    ) {
        self.policy = policy
        self.responseBytesMax = responseBytesMax
        self.secondsMax = secondsMax
        self.trust = trust
    }
}
