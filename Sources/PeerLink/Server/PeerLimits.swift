package import NIOCore

/// What callers may use up: connections, bytes and time.
package struct PeerLimits: Sendable {
    /// Open connections; more are closed at once. Default 1,024.
    package var connections = 1_024
    /// Of one address. Default 256.
    package var perAddress = 256
    /// Of those who have not shown yet that they are members. Default 256.
    package var strangers = 256
    /// The same of one address: a member that begins to ask opens many at once. Default 64.
    package var strangersPerAddress = 64
    /// So many of an address are let in where those of others are as many as they may be: a few addresses do not take all, unless
    /// no connection is left at all. Default 4.
    package var strangersInAnyCase = 4
    /// Questions of open routes that are under way. Default 8.
    package var openQuestions = 8
    /// The same of one address. Default 2.
    package var openQuestionsPerAddress = 2
    /// An address has one in any case, unless there are so many of all. Default 64.
    package var openQuestionsInAll = 64
    /// All header fields of a question, in bytes. Default 16 KiB.
    package var headerBytes = 16 << 10
    /// From connecting to the end of the first header, the handshake with it. Default 10 s.
    package var opening: TimeAmount = .seconds(10)
    /// Without a question; longer than callers keep a connection. Default 75 s.
    package var idle: TimeAmount = .seconds(75)
    /// Without another 64 KiB of a question, or its end. Default 30 s.
    package var body: TimeAmount = .seconds(30)
    /// The same for questions of strangers, which are small and hold a share. Default 5 s, for all of it.
    package var strangerBody: TimeAmount = .seconds(5)
    /// Without taking a piece of an answer. Default 30 s.
    package var send: TimeAmount = .seconds(30)
    /// For a caller to read the answer behind which the connection ends. Default 1 s.
    package var linger: TimeAmount = .seconds(1)

    /// The defaults.
    package init() {}
}
