// What a route is given of a request. A value.

public import Wire

/// A request as a route sees it: its head. The content comes by `RouteStep.content`, to those who ask for it.
public struct RouteRequest: Sendable {
    /// Without content, even if that is there already.
    public let request: HTTPRequest
    /// The path's parameters by name, percent-decoded.
    public let parameters: [String: String]
    /// Scheme and authority under which the caller reached this server, without a trailing slash.
    public let baseURL: String
    /// The content has not come, and is or may be larger than `Limits.immediateBodyBytesMax`: whatever a cheap question can
    /// tell is to be known before it is asked for.
    public let isLarge: Bool

    public init(
        request: HTTPRequest, parameters: [String: String], baseURL: String, isLarge: Bool = false
    ) {
        self.request = request.body.isEmpty ? request : request.head
        self.parameters = parameters
        self.baseURL = baseURL
        self.isLarge = isLarge
    }
}
