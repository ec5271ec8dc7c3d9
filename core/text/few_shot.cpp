#include "core/text/few_shot.h"

#include "core/base/text_util.h"

namespace crux::text {

namespace {

constexpr int kPaperShotsGsm8k = 8, kPaperShotsMath = 4;

/// "48/2 = <<48/2=24>>24" without the note between the double brackets.
std::string withoutNotes(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = text.find("<<", at);
        const std::size_t close = open == text.npos ? open : text.find(">>", open);
        if (close == text.npos) {
            plain.append(text.substr(at));
            break;
        }
        plain.append(text.substr(at, open - at));
        at = close + 2;
    }
    return plain;
}

std::string_view withoutEnd(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

} // namespace

bool isMathTemplate(const PromptTemplate& shape) {
    return shape.name.rfind("math", 0) == 0;
}

int paperShots(const PromptTemplate& shape) {
    if (isMathTemplate(shape))
        return kPaperShotsMath;
    return shape.name == "gsm8k" ? kPaperShotsGsm8k : 0;
}

const std::vector<WorkedExample>& builtinExamples(bool math) {
    static const std::vector<WorkedExample> kArithmetic = {
        {"A baker puts 6 rolls into each bag. She fills 7 bags in the morning and 5 bags in the "
         "afternoon. How many rolls does she pack that day?",
         "She fills 7 + 5 = 12 bags. Each holds 6 rolls, so she packs 12 * 6 = 72 rolls. The "
         "answer is 72."},
        {"Nadia has $50. She buys two notebooks at $4 each and a lamp for $23. How many dollars "
         "does she have left?",
         "The notebooks cost 2 * 4 = 8 dollars. With the lamp she spends 8 + 23 = 31 dollars. She "
         "has 50 - 31 = 19 dollars left. The answer is 19."},
        {"A train with 240 seats is three quarters full when it leaves. At the first stop 35 "
         "people "
         "get off and 20 get on. How many people are on the train then?",
         "At the start there are 240 * 3 / 4 = 180 people. After 35 get off there are 180 - 35 = "
         "145. After 20 get on there are 145 + 20 = 165. The answer is 165."},
        {"Tomas reads 15 pages on every weekday and 40 pages on each day of the weekend. How many "
         "pages does he read in two weeks?",
         "On the weekdays of one week he reads 5 * 15 = 75 pages. At the weekend he reads 2 * 40 = "
         "80 pages. That is 75 + 80 = 155 pages a week, and 2 * 155 = 310 pages in two weeks. The "
         "answer is 310."},
        {"A jug holds 3 litres of juice. It fills 8 glasses of 250 millilitres each. How many "
         "millilitres stay in the jug?",
         "3 litres are 3000 millilitres. The glasses take 8 * 250 = 2000 millilitres. 3000 - 2000 "
         "= "
         "1000 millilitres stay in the jug. The answer is 1000."},
        {"Lena is 4 years older than twice the age of her brother, who is 9. How old will Lena be "
         "in 5 years?",
         "Twice her brother's age is 2 * 9 = 18. Lena is 18 + 4 = 22 years old. In 5 years she "
         "will be 22 + 5 = 27. The answer is 27."},
        {"A coat costs $80 and is sold 25% cheaper. A customer pays with a $100 note. How many "
         "dollars does he get back?",
         "25% of 80 is 20, so the coat costs 80 - 20 = 60 dollars. He gets back 100 - 60 = 40 "
         "dollars. The answer is 40."},
        {"Mia, Jon and Ed pick 84 apples together. Jon and Ed pick equally many, and Mia picks "
         "twice "
         "as many as Jon. How many apples does Mia pick?",
         "Counted in shares of Jon's size, Mia has 2, Jon 1 and Ed 1: together 4. One share is 84 "
         "/ "
         "4 = 21 apples. Mia picks 2 * 21 = 42 apples. The answer is 42."},
    };
    static const std::vector<WorkedExample> kMathematics = {
        {"Find the value of $x$ for which $\\frac{x+5}{3} = 2x - 5$.",
         "Multiplying both sides by 3 gives $x + 5 = 6x - 15$. Hence $20 = 5x$ and $x = 4$.\n"
         "Final Answer: The final answer is $4$. I hope it is correct."},
        {"How many positive divisors does $360$ have?",
         "The prime factorisation is $360 = 2^3 \\cdot 3^2 \\cdot 5$. A divisor takes one of 4 "
         "exponents for 2, one of 3 for 3 and one of 2 for 5, so there are $4 \\cdot 3 \\cdot 2 = "
         "24$ divisors.\n"
         "Final Answer: The final answer is $24$. I hope it is correct."},
        {"A fair coin is tossed four times. What is the probability that exactly two of the tosses "
         "show heads? Express your answer as a common fraction.",
         "There are $2^4 = 16$ equally likely results. The two tosses that show heads can be "
         "chosen "
         "in $\\binom{4}{2} = 6$ ways. The probability is $\\frac{6}{16} = \\frac{3}{8}$.\n"
         "Final Answer: The final answer is $\\frac{3}{8}$. I hope it is correct."},
        {"A triangle has the vertices $(0,0)$, $(6,0)$ and $(2,5)$. What is its area?",
         "The side from $(0,0)$ to $(6,0)$ has length 6, and the height above it is 5. The area is "
         "$\\frac{1}{2} \\cdot 6 \\cdot 5 = 15$.\n"
         "Final Answer: The final answer is $15$. I hope it is correct."},
    };
    return math ? kMathematics : kArithmetic;
}

std::string exampleResponse(const PromptTemplate& shape, std::string_view solution,
                            std::string_view gold) {
    std::string response = withoutNotes(solution);
    if (isMathTemplate(shape)) {
        response = std::string(withoutEnd(response));
        if (response.find("The final answer is") == std::string::npos && !gold.empty())
            response +=
                cat("\nFinal Answer: The final answer is $", gold, "$. I hope it is correct.");
        return response;
    }
    const std::size_t marks = response.rfind("#### ");
    if (shape.name != "gsm8k" || marks == std::string::npos)
        return std::string(withoutEnd(response));
    const std::string answer(withoutEnd(std::string_view(response).substr(marks + 5)));
    return cat(withoutEnd(std::string_view(response).substr(0, marks)), "\nThe answer is ", answer,
               ".");
}

std::string fewShotPrompt(const PromptTemplate& shape, std::span<const WorkedExample> examples,
                          std::string_view question) {
    std::string prompt;
    for (const WorkedExample& example : examples)
        prompt += cat(renderPrompt(shape, example.question), example.response, "\n\n");
    return prompt + renderPrompt(shape, question);
}

} // namespace crux::text
