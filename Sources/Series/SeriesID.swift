/// What is measured of an object over time; the words are those of the API, and never change.
package enum SeriesFigure: String, Sendable, Hashable, CaseIterable {
    /// Share of all processors that did something, 0 to 1.
    case cpuRatio = "cpu_ratio"
    /// Memory that could not be given to somebody who asks for some.
    case memoryUsedBytes = "memory_used_bytes"
    /// Memory there is.
    case memorySizeBytes = "memory_size_bytes"
    /// What all interfaces but the loopback took in and sent.
    case networkReceivedRate = "network_received_bytes_per_s"
    case networkSentRate = "network_sent_bytes_per_s"
    /// What was read from all disks, and written to them.
    case diskReadRate = "disk_read_bytes_per_s"
    case diskWrittenRate = "disk_written_bytes_per_s"
    /// Of a disk, a volume or a database.
    case sizeBytes = "size_bytes"
    case usedBytes = "used_bytes"
    /// Clients that are connected to a database.
    case connections
    /// Jobs that have not begun, and those that have and did not end.
    case queueDepth = "queue_depth"
    case jobsRunning = "jobs_running"
    /// From a job's submission to its end, of the jobs that ended in a minute.
    case jobDurationHalf = "job_duration_p50_s"
    case jobDurationMost = "job_duration_p95_s"

    /// In what it is measured.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        case ratio, bytes, count
        case bytesPerSecond = "bytes_per_s"
        case seconds = "s"
    }

    /// In what this is measured.
    package var unit: Unit {
        switch self {
        case .cpuRatio: .ratio
        case .memoryUsedBytes, .memorySizeBytes, .sizeBytes, .usedBytes: .bytes
        case .networkReceivedRate, .networkSentRate, .diskReadRate, .diskWrittenRate: .bytesPerSecond
        case .connections, .queueDepth, .jobsRunning: .count
        case .jobDurationHalf, .jobDurationMost: .seconds
        }
    }
}

/// Names a series: a figure of an object, such as `db:SALES:connections`.
package struct SeriesID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The object as histories and findings call it, such as `db:SALES`.
    package let object: String
    /// What is measured of it.
    package let figure: SeriesFigure

    /// Objects with longer names have no series, in bytes.
    package static let longestObject = 256

    /// Takes any object; it need not exist.
    package init(_ object: String, _ figure: SeriesFigure) {
        (self.object, self.figure) = (object, figure)
    }

    /// Reads what ``description`` writes; `nil` for every other text.
    package init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), colon > text.startIndex,
            let figure = SeriesFigure(rawValue: String(text[text.utf8.index(after: colon)...]))
        else { return nil }
        self.init(String(text[..<colon]), figure)
    }

    /// The id of the API.
    package var description: String { "\(object):\(figure.rawValue)" }

    package static func < (left: SeriesID, right: SeriesID) -> Bool {
        (left.object, left.figure.rawValue) < (right.object, right.figure.rawValue)
    }
}
