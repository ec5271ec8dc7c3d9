#include "ui/widgets/token_find.h"

#include <algorithm>

namespace crux::ui {

std::vector<TokenMatch> findTokens(const TrajectorySnapshot& snapshot, const QString& query,
                                   Qt::CaseSensitivity sensitivity) {
    std::vector<TokenMatch> found;
    if (query.isEmpty())
        return found;
    QString text;
    std::vector<qsizetype> begins; // of each token in `text`
    begins.reserve(snapshot.tokens.size());
    for (const TokenCell& token : snapshot.tokens) {
        begins.push_back(text.size());
        text += token.text;
    }
    // The last token that begins at or before a character holds it: empty tokens come first.
    const auto tokenAt = [&](qsizetype character) {
        return static_cast<int>(std::upper_bound(begins.begin(), begins.end(), character) -
                                begins.begin()) -
               1;
    };
    for (qsizetype at = text.indexOf(query, 0, sensitivity); at >= 0;
         at = text.indexOf(query, at + query.size(), sensitivity))
        found.push_back({tokenAt(at), tokenAt(at + query.size() - 1)});
    return found;
}

} // namespace crux::ui
