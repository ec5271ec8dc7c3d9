// Preference data from the demo's sampled answers.
#pragma once

#include "core/base/json.h"
#include "support/test_paths.h"

#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace crux::test {

/// Writes up to `most` pairs of a right and a wrong answer to one question as TRL JSON Lines, with
/// the rejected answer's ids and a weight for each of them where asked.
inline void writePairs(const std::string& file, std::size_t most, bool weights = false) {
    std::ifstream in((demoDir() + QStringLiteral("/trajectories.jsonl")).toStdString());
    std::ofstream out(file);
    std::map<int, std::string> right;
    std::string line;
    std::size_t written = 0;
    while (written < most && std::getline(in, line)) {
        const Json row = *parseJson(line);
        const int question = row.at("question_id").get<int>();
        if (row.at("correct").get<bool>()) {
            right[question] = row.at("response").get<std::string>();
        } else if (right.count(question) != 0) {
            Json pair{{"prompt", row.at("prompt")},
                      {"chosen", right[question]},
                      {"rejected", row.at("response")}};
            if (weights) {
                const auto ids = row.at("ids").get<std::vector<int>>();
                const std::vector<int> rejected(ids.begin() + row.at("prompt_tokens").get<int>(),
                                                ids.end());
                pair["rejected_token_ids"] = rejected;
                pair["rejected_weights"] = Json::array();
                for (const int id : rejected)
                    pair["rejected_weights"].push_back(id % 10 / 10.0);
            }
            out << dumpJson(pair) << "\n";
            ++written;
        }
    }
}

} // namespace crux::test
