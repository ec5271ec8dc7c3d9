// What is known of the rollouts of one trajectory: for every position and rollout index whether it
// ended right. The read side is an interface, so that detectors also read published potentials and
// simulations.
#pragma once

#include <cstdint>
#include <vector>

namespace crux::critical {

/// Of some rollouts of one position: how many are known, and how many of those ended right.
struct Tally {
    int right = 0, known = 0;
};

/// Outcomes of one trajectory by position. A position is the absolute index of a prefix's last
/// token: rollouts of position t continue ids[0..t].
class Outcomes {
public:
    virtual ~Outcomes() = default;

    virtual int first() const = 0; ///< the prompt's last token: rollouts of the bare prompt
    virtual int last() const = 0;  ///< last position that is searched
    /// Of rollouts 0 .. count-1.
    virtual Tally tally(int position, int count) const = 0;
};

/// The outcomes of sampled rollouts. Owner: one search. A position whose prefix is over (it holds
/// the stop text, ends in EOS, or is as long as allowed) is closed: all its rollouts end alike.
class OutcomeTable : public Outcomes {
public:
    OutcomeTable(int first, int last, int streams);

    int first() const override { return m_first; }
    int last() const override { return m_last; }
    int streams() const { return m_streams; }
    Tally tally(int position, int count) const override { return tally(position, 0, count); }
    /// Of rollouts from .. from+count-1.
    Tally tally(int position, int from, int count) const;
    bool known(int position, int stream) const { return at(position, stream) != kUnknown; }
    bool right(int position, int stream) const { return at(position, stream) == kRight; }

    /// Rollout `stream` ended so for every position from `begin` to `end` (both included, clipped
    /// to the table). What is known stays.
    void record(int stream, int begin, int end, bool right);
    /// All rollouts of a closed position.
    void close(int position, bool right);

private:
    enum : std::uint8_t { kUnknown, kWrong, kRight };
    std::uint8_t at(int position, int stream) const { return m_cells[cell(position, stream)]; }
    std::size_t cell(int position, int stream) const {
        return static_cast<std::size_t>(position - m_first) * static_cast<std::size_t>(m_streams) +
               static_cast<std::size_t>(stream);
    }

    int m_first, m_last, m_streams;
    std::vector<std::uint8_t> m_cells; ///< [position - first][stream]
};

/// Shares of right rollouts that came from elsewhere, one a position, as if `rollouts` had been
/// drawn. Tallies count at most so many.
class PotentialTable : public Outcomes {
public:
    /// `potentials` belong to positions first, first + 1, ...
    PotentialTable(int first, std::vector<float> potentials, int rollouts);

    int first() const override { return m_first; }
    int last() const override { return m_first + static_cast<int>(m_right.size()) - 1; }
    Tally tally(int position, int count) const override;

private:
    int m_first, m_rollouts;
    std::vector<int> m_right;
};

/// Rollouts 0 .. count-1 of a position.
struct Want {
    int position = 0;
    int count = 0;
};

/// What is reported of one position. `curtailed`: drawing stopped at a success, so the share is
/// estimated by (right - 1) / (total - 1), which is unbiased where right / total is not (inverse
/// sampling, Haldane 1945; REFERENCE.md B.1).
struct PositionCount {
    int position = 0;
    int right = 0, total = 0;
    bool curtailed = false;
};

/// Counts of the wanted positions. More than `tolerance` successes before all `full` rollouts were
/// drawn: curtailed at success number tolerance + 1, in the order of rollout indices.
std::vector<PositionCount> countsOf(const OutcomeTable& table, const std::vector<Want>& wants,
                                    int full, int tolerance);

} // namespace crux::critical
