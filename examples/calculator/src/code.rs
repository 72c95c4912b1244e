//! An expression as steps on a stack. A tree would be as deep as `1+1+1+…` is long, and evaluating or dropping it would
//! overflow the thread's own stack; a list is as safe as it is fast.

use crate::{Error, Reason};

/// One step: it takes its operands from the stack, and leaves its result there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    Number(f64),
    /// The variable at this index.
    Variable(usize),
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Call(Function),
    /// The least, or the greatest, of this many.
    Least(usize),
    Greatest(usize),
}

/// A function of one argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Abs,
    Cos,
    Exp,
    Floor,
    Ln,
    Sin,
    Sqrt,
    Tan,
}

/// Steps with their positions in the text, and the names of the variables.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Code {
    pub(crate) steps: Vec<(Step, usize)>,
    pub(crate) variables: Vec<String>,
}

impl Code {
    /// Runs all steps. The parser guarantees that each finds its operands.
    pub(crate) fn run(&self, values: &[f64]) -> Result<f64, Error> {
        let mut stack = Vec::with_capacity(8);
        for &(step, at) in &self.steps {
            let value = match step {
                Step::Number(value) => Ok(value),
                Step::Variable(slot) => self.variable(slot, values),
                Step::Negate => pop(&mut stack).map(|value| -value),
                Step::Call(function) => pop(&mut stack).and_then(|value| call(function, value)),
                Step::Least(count) => fold(&mut stack, count, f64::min),
                Step::Greatest(count) => fold(&mut stack, count, f64::max),
                _ => pop(&mut stack).and_then(|right| binary(step, pop(&mut stack)?, right)),
            };
            stack.push(value.map_err(|reason| Error::new(reason, at))?);
        }
        pop(&mut stack).map_err(|reason| Error::new(reason, 0))
    }

    /// The first position of the variable at `slot`.
    pub(crate) fn position(&self, slot: usize) -> usize {
        self.steps.iter().find(|(step, _)| *step == Step::Variable(slot)).map_or(0, |(_, at)| *at)
    }

    fn variable(&self, slot: usize, values: &[f64]) -> Result<f64, Reason> {
        let name = || self.variables.get(slot).cloned().unwrap_or_default();
        match values.get(slot) {
            Some(value) if value.is_finite() => Ok(*value),
            Some(_) => Err(Reason::NotFinite(name())),
            None => Err(Reason::NoValue(name())),
        }
    }
}

fn pop(stack: &mut Vec<f64>) -> Result<f64, Reason> {
    stack.pop().ok_or(Reason::Ended)
}

fn fold(stack: &mut Vec<f64>, count: usize, better: fn(f64, f64) -> f64) -> Result<f64, Reason> {
    let mut value = pop(stack)?;
    for _ in 1..count {
        value = better(value, pop(stack)?);
    }
    Ok(value)
}

fn binary(step: Step, left: f64, right: f64) -> Result<f64, Reason> {
    let zero = right == 0.0;
    match step {
        Step::Add => finite(left + right),
        Step::Subtract => finite(left - right),
        Step::Multiply => finite(left * right),
        Step::Divide | Step::Remainder if zero => Err(Reason::Division),
        Step::Divide => finite(left / right),
        Step::Remainder => Ok(remainder(left, right)),
        Step::Power if left == 0.0 && right < 0.0 => Err(Reason::Division),
        _ => finite(left.powf(right)),
    }
}

/// With the sign of the divisor, as in Python; Rust's `%` has the sign of the dividend.
fn remainder(left: f64, right: f64) -> f64 {
    let rest = left % right;
    if rest != 0.0 && (rest < 0.0) != (right < 0.0) {
        rest + right
    } else {
        rest
    }
}

fn call(function: Function, value: f64) -> Result<f64, Reason> {
    finite(match function {
        Function::Abs => value.abs(),
        Function::Cos => value.cos(),
        Function::Exp => value.exp(),
        Function::Floor => value.floor(),
        // ln(0) would be infinite, which is not an overflow.
        Function::Ln if value == 0.0 => f64::NAN,
        Function::Ln => value.ln(),
        Function::Sin => value.sin(),
        Function::Sqrt => value.sqrt(),
        Function::Tan => value.tan(),
    })
}

/// All operands are finite: NaN means that there is no result, infinity that it is too large.
fn finite(value: f64) -> Result<f64, Reason> {
    match value {
        _ if value.is_nan() => Err(Reason::Undefined),
        _ if value.is_infinite() => Err(Reason::Overflow),
        _ => Ok(value),
    }
}
