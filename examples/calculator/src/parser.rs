//! From tokens to steps, by precedence climbing.

use std::f64::consts;

use crate::code::{Code, Function, Step};
use crate::token::{Token, Word};
use crate::{Error, Reason, MAX_DEPTH};

/// The code for `tokens`, from a text of `length` characters.
pub(crate) fn parse(tokens: &[Token], length: usize) -> Result<Code, Error> {
    let mut parser = Parser { tokens, next: 0, length, depth: 0, code: Code::default() };
    parser.expression(0)?;
    match parser.peek() {
        None => Ok(parser.code),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    length: usize,
    depth: usize,
    code: Code,
}

/// The precedence of an operator, its step, and whether it associates to the right.
fn operator(sign: char) -> Option<(u8, Step, bool)> {
    Some(match sign {
        '+' => (1, Step::Add, false),
        '-' => (1, Step::Subtract, false),
        '*' => (2, Step::Multiply, false),
        '/' => (2, Step::Divide, false),
        '%' => (2, Step::Remainder, false),
        '^' => (4, Step::Power, true),
        _ => return None,
    })
}

/// Between products and powers.
const SIGN: u8 = 3;

impl Parser<'_> {
    /// Operands and operators with a precedence above `above`.
    fn expression(&mut self, above: u8) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::new(Reason::TooDeep, self.at()));
        }
        self.operand()?;
        while let Some((Word::Sign(sign), at)) = self.peek() {
            let (at, Some((binds, step, from_right))) = (*at, operator(*sign)) else { break };
            if binds <= above {
                break;
            }
            self.next += 1;
            self.expression(if from_right { binds - 1 } else { binds })?;
            self.code.steps.push((step, at));
        }
        self.depth -= 1;
        Ok(())
    }

    fn operand(&mut self) -> Result<(), Error> {
        let Some((word, at)) = self.peek() else { return Err(self.unexpected()) };
        let (word, at) = (word.clone(), *at);
        match word {
            Word::Number(value) => {
                self.next += 1;
                self.code.steps.push((Step::Number(value), at));
            }
            Word::Name(name) => {
                self.next += 1;
                self.named(name, at)?;
            }
            Word::Sign(sign @ ('-' | '+')) => {
                self.next += 1;
                self.expression(SIGN)?;
                if sign == '-' {
                    self.code.steps.push((Step::Negate, at));
                }
            }
            Word::Sign('(') => {
                self.next += 1;
                self.expression(0)?;
                self.sign(')')?;
            }
            Word::Sign(_) => return Err(self.unexpected()),
        }
        Ok(())
    }

    /// A call, a constant or a variable.
    fn named(&mut self, name: String, at: usize) -> Result<(), Error> {
        let step = if matches!(self.peek(), Some((Word::Sign('('), _))) {
            self.next += 1;
            let count = self.arguments()?;
            call(&name, count).map_err(|reason| Error::new(reason, at))?
        } else {
            match name.as_str() {
                "pi" => Step::Number(consts::PI),
                "e" => Step::Number(consts::E),
                _ => Step::Variable(self.slot(name)),
            }
        };
        self.code.steps.push((step, at));
        Ok(())
    }

    fn arguments(&mut self) -> Result<usize, Error> {
        for count in 1.. {
            self.expression(0)?;
            if !matches!(self.peek(), Some((Word::Sign(','), _))) {
                self.sign(')')?;
                return Ok(count);
            }
            self.next += 1;
        }
        Ok(0)
    }

    fn slot(&mut self, name: String) -> usize {
        let variables = &mut self.code.variables;
        variables.iter().position(|known| *known == name).unwrap_or_else(|| {
            variables.push(name);
            variables.len() - 1
        })
    }

    fn sign(&mut self, wanted: char) -> Result<(), Error> {
        match self.peek() {
            Some((Word::Sign(sign), _)) if *sign == wanted => {
                self.next += 1;
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn at(&self) -> usize {
        self.peek().map_or(self.length, |(_, at)| *at)
    }

    fn unexpected(&self) -> Error {
        let reason = self.peek().map_or(Reason::Ended, |(word, _)| Reason::Unexpected(word.shown()));
        Error::new(reason, self.at())
    }
}

/// The step that calls `name` with `count` arguments.
fn call(name: &str, count: usize) -> Result<Step, Reason> {
    let function = match name {
        "min" => return Ok(Step::Least(count)),
        "max" => return Ok(Step::Greatest(count)),
        "abs" => Function::Abs,
        "cos" => Function::Cos,
        "exp" => Function::Exp,
        "floor" => Function::Floor,
        "ln" => Function::Ln,
        "sin" => Function::Sin,
        "sqrt" => Function::Sqrt,
        "tan" => Function::Tan,
        _ => return Err(Reason::NoFunction(name.to_owned())),
    };
    match count {
        1 => Ok(Step::Call(function)),
        _ => Err(Reason::Arguments(name.to_owned(), count)),
    }
}
